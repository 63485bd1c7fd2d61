import { can } from './access.js';
import { openEventStream } from './event-stream.js';

/**
 * Updates of all jobs, from one event stream that the whole page shares. While the stream does not work, listeners are
 * told to reload every few seconds.
 */
const POLL_PERIOD = 3_000;
const MAX_KNOWN_JOBS = 20_000;
const listeners = new Set();
let disconnect = null;
let timer = null;

function notify(update) {
  listeners.forEach((listener) => listener(update));
}

function poll() {
  if (!document.hidden) {
    notify(null);
  }
}

function stopTimer() {
  clearInterval(timer);
  timer = null;
}

function start() {
  disconnect = openEventStream('/api/v1/train/events', {
    job: (event) => notify(JSON.parse(event.data)),
    ready: () => notify(null),
    reload: () => notify(null),
    open: stopTimer,
    error: () => (timer ??= setInterval(poll, POLL_PERIOD)),
  });
}

/**
 * Calls `listener` with the current state of each changed job, or with null to reload; the returned function unsubscribes.
 */
export function onJobUpdate(listener) {
  listeners.add(listener);
  if (!disconnect && can('read')) {
    start();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      disconnect?.();
      disconnect = null;
      stopTimer();
    }
  };
}

/**
 * Updates a list of jobs: progress updates the row in place and calls `changed`; a new state may change the rows and the
 * queue, so `reread` is called. Progress of jobs without a row is ignored. The returned function unsubscribes.
 */
export function followRows(rows, changed, reread) {
  const knownStates = new Map();
  return onJobUpdate((update) => {
    if (!update) {
      reread();
      return;
    }
    const row = rows().find((job) => job.key === update.key);
    if (row && row.status === update.status) {
      Object.assign(row, update);
      changed();
    } else if (row || knownStates.get(update.key) !== update.status) {
      reread();
    }
    if (knownStates.size >= MAX_KNOWN_JOBS) {
      knownStates.clear();
    }
    knownStates.set(update.key, update.status);
  });
}

/**
 * Returns a function that runs `work` at most once in `pause` ms, never concurrently, and once more after the last call.
 */
export function throttled(work, pause = 500) {
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
      run();
    }
  };
  const run = () => {
    if (running) {
      again = true;
    } else {
      waiting ??= setTimeout(begin, Math.max(0, last + pause - performance.now()));
    }
  };
  run.stop = () => {
    clearTimeout(waiting);
    waiting = null;
    again = false;
  };
  return run;
}
