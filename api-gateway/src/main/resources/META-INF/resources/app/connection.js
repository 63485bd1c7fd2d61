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
let lastResponse = Date.now();
let lostAt = null;
let probing = false;
let timer = null;

/** Call this when the gateway has responded or sent an event. */
export function responded() {
  lastResponse = Date.now();
  schedule(SILENCE);
  if (lostAt !== null) {
    change(null);
  }
}

/** Call this after a failure that may mean that the gateway is unreachable; it is checked at once. */
export function checkConnection() {
  schedule(0);
}

/** Time of the gateway's last response, in milliseconds since 1970; null while it responds. */
export const unreachableSince = () => lostAt;

/** Calls `listener` when the gateway becomes unreachable and when it responds again; the returned function unsubscribes. */
export function onConnection(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(since) {
  lostAt = since;
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
    responded(); // any response means that it is reachable
  } catch {
    probing = false;
    if (lastResponse < began) {
      schedule(RETRY);
      if (lostAt === null) {
        change(lastResponse);
      }
    }
  }
}

document.addEventListener('visibilitychange', () => document.hidden || checkConnection());
checkConnection();
