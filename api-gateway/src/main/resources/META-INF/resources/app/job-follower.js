import { part, read } from './api.js';
import { onJobUpdate, throttled } from './job-updates.js';
import { openEventStream } from './event-stream.js';
import { hasEnded } from './format.js';

/**
 * Updates a job until it ends or the returned function is called. Epochs come from the job's own event stream, so that a
 * long history is read only once; progress within an epoch comes from the stream of all jobs.
 */
export function followJob(now, take, signal) {
  const reload = throttled(async () => {
    try {
      const job = await read(`/api/v1/train/${part(now().key)}`, signal);
      if (job.last_event_id >= now().last_event_id) {
        take(job);
      } else {
        reload(); // an epoch arrived during the request and will not be sent again
      }
    } catch {
      // the next update tries again
    }
    if (hasEnded(now().status)) {
      stop();
    }
  }, 300);
  const isNew = (event) => Number(event.lastEventId) > now().last_event_id;
  const disconnect = openEventStream(`/api/v1/train/${part(now().key)}/events`, {
    epoch: (event) => isNew(event) && take(withEpoch(now(), JSON.parse(event.data).metrics, Number(event.lastEventId))),
    status: (event) => isNew(event) && reload(),
    end: reload,
  });

  const unsubscribe = onJobUpdate((update) => {
    if (update?.key === now().key && update.status === now().status && update.attempt === now().attempt) {
      const { id, ...figures } = update; // epochs up to that id may not have arrived yet
      take({ ...now(), ...figures });
    } else if (update === null || update.key === now().key || now().status === 'queued') {
      reload();
    }
  });

  function stop() {
    disconnect();
    unsubscribe();
    reload.stop();
  }
  return stop;
}

/** Adds an epoch to the job; an epoch that is repeated by a new attempt replaces the old one. */
export function withEpoch(job, metrics, id) {
  const history = [...(job.history ?? []).filter((epoch) => epoch.epoch < metrics.epoch), metrics];
  return { ...job, history, last_event_id: id, current_epoch: Math.max(job.current_epoch, metrics.epoch) };
}
