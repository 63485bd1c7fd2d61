import { listen } from './line.js';

/**
 * News of all jobs, over one line that the whole page shares. Where the gateway has no such line, or it is broken,
 * listeners are asked every few seconds to look again.
 */
const LOOK_AGAIN = 3_000;
const listeners = new Set();
let hangUp = null;
let timer = null;

function tell(news) {
  listeners.forEach((listener) => listener(news));
}

function lookAgain() {
  if (!document.hidden) {
    tell(null);
  }
}

function stopTimer() {
  clearInterval(timer);
  timer = null;
}

function start() {
  hangUp = listen('/api/v1/train/events', {
    job: (event) => tell(JSON.parse(event.data)),
    ready: () => tell(null),
    reload: () => tell(null),
    open: stopTimer,
    error: () => (timer ??= setInterval(lookAgain, LOOK_AGAIN)),
  });
}

/**
 * Calls `listener` with each job that changed, as it now is, or with null for "look again"; the answer ends that.
 */
export function onNews(listener) {
  listeners.add(listener);
  if (!hangUp) {
    start();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      hangUp?.();
      hangUp = null;
      stopTimer();
    }
  };
}

/** A function that runs `work` at most once in `pause` ms, and once more after the last call. */
export function calmly(work, pause = 500) {
  let waiting = null;
  let last = 0;
  const calm = () => {
    if (waiting === null) {
      waiting = setTimeout(
        () => {
          waiting = null;
          last = performance.now();
          work();
        },
        Math.max(0, last + pause - performance.now()),
      );
    }
  };
  calm.stop = () => {
    clearTimeout(waiting);
    waiting = null;
  };
  return calm;
}
