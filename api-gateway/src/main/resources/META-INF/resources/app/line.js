import { heard, onConnection, suspect } from './connection.js';

const OPEN_AGAIN = 30_000;

/**
 * A line of Server-Sent Events that rests while nobody looks: a browser has six connections to a server for all its
 * tabs, and each open line takes one. `on` has a listener for each type of event; `open` and `error` are types too. The
 * answer hangs up.
 */
export function listen(url, on) {
  let source = null;
  let again = null;

  const hangUp = () => {
    source?.close();
    source = null;
    clearTimeout(again);
  };

  const call = () => {
    hangUp();
    source = new EventSource(url);
    Object.entries(on).forEach(([type, listener]) => source.addEventListener(type, listener));
    ['open', 'alive', ...Object.keys(on).filter((type) => type !== 'error')].forEach((type) => source.addEventListener(type, heard));
    source.addEventListener('error', () => {
      suspect();
      if (source?.readyState === EventSource.CLOSED) {
        // a browser comes back by itself after a broken line, but not after an answer that was an error
        again = setTimeout(call, OPEN_AGAIN);
      }
    });
  };

  const look = () => (document.hidden ? hangUp() : source || call());
  document.addEventListener('visibilitychange', look);
  // a connection that was open while the gateway was away may be dead without a sign
  const unwatch = onConnection((since) => since === null && !document.hidden && call());
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    unwatch();
    hangUp();
  };
}
