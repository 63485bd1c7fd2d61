import { listen } from './line.js';

/**
 * News of all jobs, over one line that the whole page shares. Where the gateway has no such line, or it is broken,
 * listeners are asked every few seconds to look again.
 */
const LOOK_AGAIN = 3_000;
const MOST_TOLD = 20_000;
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

/**
 * Keeps a list of jobs fresh: progress changes a row where it stands, which `changed` is told of; a new state may change
 * which rows there are and who waits where, so `reread` is called. Progress of jobs without a row costs nothing. The
 * answer ends that.
 */
export function followRows(rows, changed, reread) {
  const told = new Map();
  return onNews((news) => {
    if (!news) {
      reread();
      return;
    }
    const row = rows().find((job) => job.key === news.key);
    if (row && row.status === news.status) {
      Object.assign(row, news);
      changed();
    } else if (row || told.get(news.key) !== news.status) {
      reread();
    }
    if (told.size >= MOST_TOLD) {
      told.clear();
    }
    told.set(news.key, news.status);
  });
}

/**
 * A function that runs `work` at most once in `pause` ms, never twice at a time, and once more after the last call.
 */
export function calmly(work, pause = 500) {
  let waiting = null;
  let running = false;
  let again = false;
  let last = -Infinity;

  const begin = async () => {
    waiting = null;
    running = true;
    last = performance.now();
    try {
      await work();
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      calm();
    }
  };
  const calm = () => {
    if (running) {
      again = true;
    } else {
      waiting ??= setTimeout(begin, Math.max(0, last + pause - performance.now()));
    }
  };
  calm.stop = () => {
    clearTimeout(waiting);
    waiting = null;
    again = false;
  };
  return calm;
}
