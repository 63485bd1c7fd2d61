import { accessHeaders, sessionEnded } from './access.js';
import { checkConnection, responded } from './connection.js';

/** An error response as a problem document; status 0 if there was no response. */
export class Problem extends Error {
  constructor(status, document = {}) {
    super(document.detail || document.title || `The server returned status ${status}.`);
    this.status = status;
    this.title = document.title;
    this.errors = document.errors ?? [];
    this.more = document.more ?? 0;
    this.requestId = document.request_id;
  }

  /** Error message for the field at `pointer`, such as /train_args/epochs; undefined if there is none. */
  at(pointer) {
    return this.errors.find((error) => error.pointer === pointer)?.detail;
  }
}

async function problem(answer) {
  try {
    return new Problem(answer.status, await answer.json());
  } catch {
    return new Problem(answer.status);
  }
}

const TIMEOUT = 20_000;
/** Shorter, because pages repeat their reads. */
const READ_TIMEOUT = 8_000;
const INTEGER = /^-?\d+$/;

/** Keeps integers that JavaScript numbers cannot represent, such as large seeds, as text. */
function exactIntegers(name, value, context) {
  const large = typeof value === 'number' && !Number.isSafeInteger(value);
  return large && INTEGER.test(context?.source ?? '') ? context.source : value;
}

/** Sends a request; throws a Problem on an error response or a timeout. */
export async function request(path, options = {}) {
  const late = AbortSignal.timeout(options.method ? TIMEOUT : READ_TIMEOUT);
  let answer;
  try {
    const headers = { ...accessHeaders(options.method, path), ...options.headers };
    answer = await fetch(path, { ...options, headers, signal: options.signal ? AbortSignal.any([options.signal, late]) : late });
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    checkConnection();
    throw new Problem(0, { title: 'No response', detail: 'The gateway does not respond. This page continues when it does.' });
  }
  responded();
  if (!answer.ok) {
    if (answer.status === 401) {
      sessionEnded();
    }
    throw await problem(answer);
  }
  return answer;
}

/** Reads JSON from `path`. */
export async function read(path, signal) {
  const answer = await request(path, { signal, headers: { Accept: 'application/json' } });
  return JSON.parse(await answer.text(), exactIntegers);
}

/** Reads JSON from `path`; null if it does not exist. */
export async function readIfPresent(path, signal) {
  try {
    return await read(path, signal);
  } catch (e) {
    if (e.status === 404) {
      return null;
    }
    throw e;
  }
}

/** Sends `body` to `path` and returns the response's JSON; null if it is empty. */
export async function send(method, path, body, headers = {}, signal = undefined) {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await request(path, { method, body: body === undefined ? undefined : JSON.stringify(body), signal, headers: { Accept: 'application/json', ...json, ...headers } });
  return answer.status === 204 ? null : JSON.parse(await answer.text(), exactIntegers);
}

/** Submits a configuration; repeated submits with the same key create one job. */
export function submit(config, idempotencyKey) {
  return send('POST', '/api/v1/train', config, { 'Idempotency-Key': idempotencyKey });
}

/** Creates an idempotency key. */
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

/** Encodes a path segment. */
export const part = (text) => encodeURIComponent(text);
