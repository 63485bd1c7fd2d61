/**
 * Whether the gateway answers. The event stream of all jobs sends something at least every second; after a longer silence, or
 * a request that failed, the gateway is asked whether it is alive. One that accepts connections but no longer answers is
 * noticed within 4 s.
 */
const SILENCE = 1_500;
const PROBE_TIMEOUT = 2_000;
const RETRY = 1_000;
const PROBE = '/q/health/live';

const listeners = new Set();
let lastHeard = Date.now();
let awaySince = null;
let probing = false;
let timer = null;

/** The gateway answered or sent an event. */
export function heard() {
  lastHeard = Date.now();
  schedule(SILENCE);
  if (awaySince !== null) {
    change(null);
  }
}

/** Something failed that may mean that the gateway is away, so it is asked at once. */
export function suspect() {
  schedule(0);
}

/** When the gateway was last heard, in milliseconds since 1970; null while it answers. */
export const away = () => awaySince;

/** Calls `listener` when the gateway goes away and when it is back; the returned function ends that. */
export function onConnection(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(since) {
  awaySince = since;
  listeners.forEach((listener) => listener(since));
}

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(probe, delay);
}

async function probe() {
  if (probing || document.hidden) {
    return;
  }
  probing = true;
  const began = Date.now();
  try {
    await fetch(PROBE, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_TIMEOUT) });
    probing = false;
    heard(); // whatever the answer is, there is one
  } catch {
    probing = false;
    if (lastHeard < began) {
      schedule(RETRY);
      if (awaySince === null) {
        change(lastHeard);
      }
    }
  }
}

document.addEventListener('visibilitychange', () => document.hidden || suspect());
suspect();
