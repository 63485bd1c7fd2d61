import { part, read } from './api.js';
import { calmly, onNews } from './live.js';
import { listen } from './line.js';
import { hasEnded } from './format.js';

/**
 * Keeps a job fresh until it ends or the answer is called. Epochs come over the job's own line, so that a long history
 * is read once only; progress within an epoch comes over the line of all jobs.
 */
export function followJob(now, take, signal) {
  const whole = calmly(async () => {
    try {
      const job = await read(`/api/v1/train/${part(now().key)}`, signal);
      if (job.last_event_id >= now().last_event_id) {
        take(job);
      } else {
        whole(); // an epoch came while that was on its way, and is not told twice
      }
    } catch {
      // the next news tries again
    }
    if (hasEnded(now().status)) {
      stop();
    }
  }, 300);
  const isNew = (event) => Number(event.lastEventId) > now().last_event_id;
  const hangUp = listen(`/api/v1/train/${part(now().key)}/events`, {
    epoch: (event) => isNew(event) && take(withEpoch(now(), JSON.parse(event.data).metrics, Number(event.lastEventId))),
    status: (event) => isNew(event) && whole(),
    end: whole,
  });

  const unhear = onNews((news) => {
    if (news?.key === now().key && news.status === now().status && news.attempt === now().attempt) {
      const { id, ...figures } = news; // epochs up to that id may not have come yet
      take({ ...now(), ...figures });
    } else if (news === null || news.key === now().key || now().status === 'queued') {
      whole();
    }
  });

  function stop() {
    hangUp();
    unhear();
    whole.stop();
  }
  return stop;
}

/** The job with one more epoch; a repeated one, after an attempt was lost, replaces the first. */
export function withEpoch(job, metrics, id) {
  const history = [...(job.history ?? []).filter((epoch) => epoch.epoch < metrics.epoch), metrics];
  return { ...job, history, last_event_id: id, current_epoch: Math.max(job.current_epoch, metrics.epoch) };
}
