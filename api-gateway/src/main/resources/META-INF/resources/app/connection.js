/**
 * Detects whether the gateway responds. The event stream of all jobs sends something at least every second. After a
 * longer silence, or a failed request, a liveness request is sent. A gateway that accepts connections but does not
 * respond is detected within 4 s.
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

/** Call this when the gateway has responded or sent an event. */
export function heard() {
  lastHeard = Date.now();
  schedule(SILENCE);
  if (awaySince !== null) {
    change(null);
  }
}

/** Call this after a failure that may mean that the gateway is away; it is checked at once. */
export function suspect() {
  schedule(0);
}

/** Time of the gateway's last response, in milliseconds since 1970; null while it responds. */
export const away = () => awaySince;

/** Calls `listener` when the gateway goes away and when it is back; the returned function unsubscribes. */
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
    heard(); // any response means that it is there
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
