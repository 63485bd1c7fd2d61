const NAMES = {
  queued: 'queued',
  training_in_progress: 'training',
  paused: 'paused',
  success: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

export const STATUSES = Object.keys(NAMES);
/** Defaults until the OpenAPI document is loaded. */
export const NETWORKS = ['mlp', 'lenet5', 'imported'];
export const statusName = (status) => NAMES[status] ?? status;
export const hasEnded = (status) => status === 'success' || status === 'failed' || status === 'cancelled';

/** Converts snake case to words. */
export const words = (text) => (text == null ? '' : String(text).replaceAll('_', ' '));

/** Shortens a key for display. */
export const short = (key) => (key ? String(key).slice(0, 8) : '–');

/** Formats a duration in seconds. */
export function duration(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) {
    return '–';
  }
  if (seconds < 10) {
    return `${Math.max(0, seconds).toFixed(1)} s`; // clocks may differ a little
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }
  const hours = Math.floor(whole / 3600);
  return hours < 48 ? `${hours} h ${Math.floor((whole % 3600) / 60)} min` : `${Math.floor(hours / 24)} days`;
}

export function since(from, to) {
  return (new Date(to ?? Date.now()) - new Date(from)) / 1000;
}

export function ago(at) {
  return at ? `${duration(Math.max(0, since(at)))} ago` : '–';
}

const CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function time(at) {
  return at ? CLOCK.format(new Date(at)) : '–';
}

export function percent(share, digits = 2) {
  return share == null ? '–' : `${(share * 100).toFixed(digits)} %`;
}

export function number(value, digits = 4) {
  return value == null ? '–' : Number(value).toLocaleString('en', { maximumFractionDigits: digits });
}

export function bytes(count) {
  if (count == null) {
    return '–';
  }
  if (count >= 1_000_000_000) {
    return `${(count / 1_000_000_000).toFixed(1)} GB`;
  }
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** Flattens { a: { b: 1 } } to [['a.b', 1]]. */
export function flat(value, prefix = '') {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return [[prefix, Array.isArray(value) ? JSON.stringify(value) : value]];
  }
  return Object.entries(value).flatMap(([name, inner]) => flat(inner, prefix ? `${prefix}.${name}` : name));
}
