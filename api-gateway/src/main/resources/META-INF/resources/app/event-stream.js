import { ME, inProject, needsSignIn } from './access.js';
import { read } from './api.js';
import { checkConnection, onConnection, responded } from './connection.js';

const RECONNECT_DELAY = 30_000;

/** An event source does not tell the status of an error response; after 401 this shows the sign-in. */
function checkSession() {
  if (needsSignIn) {
    read(ME).catch(() => {});
  }
}

/**
 * Opens a stream of server-sent events; it is closed while the page is hidden, because a browser has only six connections
 * to a server for all tabs. `on` has a listener for each type of event, including `open` and `error`. The returned
 * function closes the stream.
 */
export function openEventStream(url, on) {
  let source = null;
  let reconnectTimer = null;

  const disconnect = () => {
    source?.close();
    source = null;
    clearTimeout(reconnectTimer);
  };

  const connect = () => {
    disconnect();
    source = new EventSource(inProject(url));
    Object.entries(on).forEach(([type, listener]) => source.addEventListener(type, listener));
    ['open', 'alive', ...Object.keys(on).filter((type) => type !== 'error')].forEach((type) => source.addEventListener(type, responded));
    source.addEventListener('error', () => {
      checkConnection();
      if (source?.readyState === EventSource.CLOSED) {
        // browsers reconnect after a broken connection, but not after an error response
        reconnectTimer = setTimeout(connect, RECONNECT_DELAY);
        checkSession();
      }
    });
  };

  const connectIfVisible = () => (document.hidden ? disconnect() : source || connect());
  document.addEventListener('visibilitychange', connectIfVisible);
  // a connection from before the gateway was unreachable may be dead without an error
  const unsubscribe = onConnection((since) => since === null && !document.hidden && connect());
  connectIfVisible();
  return () => {
    document.removeEventListener('visibilitychange', connectIfVisible);
    unsubscribe();
    disconnect();
  };
}
