import { heard, suspect } from './connection.js';

/** What the server refused, as its problem document says it; status 0 where nobody answered. */
export class Problem extends Error {
  constructor(status, document = {}) {
    super(document.detail || document.title || `The server answered ${status}.`);
    this.status = status;
    this.title = document.title;
    this.errors = document.errors ?? [];
    this.more = document.more ?? 0;
    this.requestId = document.request_id;
  }

  /** The sentence for the field at `pointer`, such as /train_args/epochs; undefined for none. */
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
/** A page that reads asks again soon. */
const READ_TIMEOUT = 8_000;
const WHOLE = /^-?\d+$/;

/** Whole numbers that a script's numbers cannot hold, such as a large seed, stay the text that they are. */
function exact(name, value, context) {
  const large = typeof value === 'number' && !Number.isSafeInteger(value);
  return large && WHOLE.test(context?.source ?? '') ? context.source : value;
}

/** Sends a request; throws a Problem unless the answer is a success that comes in time. */
export async function ask(path, options = {}) {
  const late = AbortSignal.timeout(options.method ? TIMEOUT : READ_TIMEOUT);
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: options.signal ? AbortSignal.any([options.signal, late]) : late });
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    suspect();
    throw new Problem(0, { title: 'No answer', detail: 'The gateway does not answer. This page continues once it does.' });
  }
  heard();
  if (!answer.ok) {
    throw await problem(answer);
  }
  return answer;
}

/** JSON from `path`. */
export async function read(path, signal) {
  const answer = await ask(path, { signal, headers: { Accept: 'application/json' } });
  return JSON.parse(await answer.text(), exact);
}

/** JSON from `path`, or null where this gateway has no such thing. */
export async function readIfThere(path, signal) {
  try {
    return await read(path, signal);
  } catch (e) {
    if (e.status === 404) {
      return null;
    }
    throw e;
  }
}

/** Sends `body` to `path`; the answer's JSON, null for an empty one. */
export async function send(method, path, body, headers = {}, signal = undefined) {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const answer = await ask(path, { method, body: body === undefined ? undefined : JSON.stringify(body), signal, headers: { Accept: 'application/json', ...json, ...headers } });
  return answer.status === 204 ? null : JSON.parse(await answer.text(), exact);
}

/** Submits a configuration; with the same key it stays one job, however often it is sent. */
export function submit(config, idempotencyKey) {
  return send('POST', '/api/v1/train', config, { 'Idempotency-Key': idempotencyKey });
}

/** For one job, however often it is submitted. */
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

/** A path's part that may hold anything. */
export const part = (text) => encodeURIComponent(text);
