import { part, read, readIfThere } from './api.js';

const WHOLE = 36;

/** The job of a key or of the beginning of one, such as tables show: { job }, { several: true } or, for none, {}. */
export async function findJob(key, signal) {
  if (key.length >= WHOLE) {
    return { job: await readIfThere(`/api/v1/train/${part(key)}`, signal) };
  }
  const { jobs } = await begun(key, signal);
  if (jobs.length > 1) {
    return { several: true };
  }
  return jobs.length ? findJob(jobs[0].key, signal) : {}; // lists lack epochs and transitions
}

async function begun(key, signal) {
  try {
    return await read(`/api/v1/train?${new URLSearchParams({ key, limit: 2 })}`, signal);
  } catch (e) {
    if (e.status === 422) {
      return { jobs: [] }; // no key begins like that
    }
    throw e;
  }
}
