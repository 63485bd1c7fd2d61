import { part, read, readIfPresent } from './api.js';

const KEY_LENGTH = 36;

/** Finds a job by its key or a prefix of it: { job }, { several: true }, or {} if there is none. */
export async function findJob(key, signal) {
  if (key.length >= KEY_LENGTH) {
    return { job: await readIfPresent(`/api/v1/train/${part(key)}`, signal) };
  }
  const { jobs } = await byKeyPrefix(key, signal);
  if (jobs.length > 1) {
    return { several: true };
  }
  return jobs.length ? findJob(jobs[0].key, signal) : {}; // lists have no epochs and transitions
}

async function byKeyPrefix(key, signal) {
  try {
    return await read(`/api/v1/train?${new URLSearchParams({ key, limit: 2 })}`, signal);
  } catch (e) {
    if (e.status === 422) {
      return { jobs: [] }; // not a valid prefix
    }
    throw e;
  }
}
