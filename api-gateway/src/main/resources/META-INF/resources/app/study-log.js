import { openEventStream } from './event-stream.js';
import { studyPath } from './study-view.js';

const TYPES = ['suggest', 'promote', 'prune', 'ended', 'epoch', 'trial', 'status', 'limits', 'published'];

/**
 * What the events of a study tell and its trials do not: the results in the order in which they came, and the rungs at which
 * each trial had to wait.
 */
export class StudyLog {
  lastId = 0;
  /** Results of all epochs of all trials. */
  results = [];
  /** Epochs after which each trial waits, by its number, oldest first; null for its end. */
  holds = new Map();

  /** Takes an event; false if it was taken before. */
  take(type, id, data) {
    if (id <= this.lastId) {
      return false;
    }
    this.lastId = id;
    if (type === 'epoch') {
      this.results.push(data.value ?? null);
    } else if (type === 'suggest') {
      this.holds.set(data.trial, [data.hold ?? null]);
    } else if (type === 'promote') {
      this.holds.get(data.trial)?.push(data.hold ?? null);
    }
    return true;
  }
}

/**
 * Reads all events of a study into `log` and follows those to come; `changed` is called after each new one. A stream that is
 * opened again begins with the first event. The returned function ends it.
 */
export function followStudy(id, log, changed) {
  const listener = (type) => (event) => log.take(type, Number(event.lastEventId), JSON.parse(event.data)) && changed(log.lastId);
  const disconnect = openEventStream(studyPath(id, '/events'), {
    ...Object.fromEntries(TYPES.map((type) => [type, listener(type)])),
    end: () => {
      disconnect();
      changed(Infinity);
    },
  });
  return disconnect;
}
