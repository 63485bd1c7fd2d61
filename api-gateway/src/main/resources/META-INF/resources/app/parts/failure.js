import { html } from 'lit';
import { words } from '../format.js';

/** What a person can do about each way to fail. */
const REMEDIES = {
  configuration_rejected: 'Clone the job and change what the sentence names.',
  dataset_unreadable: 'Have an operator convert the dataset again on that worker, then retry.',
  training_diverged: 'Clone the job with a smaller learning_rate; the same one would diverge again.',
  export_disagrees: 'Nothing was published, as the exported model would answer differently. Report it with the key.',
  import_rejected: 'Import a file that answers as its reference says.',
  artifact_store_failed: 'Look at the artifact store, then retry: it goes on after the newest checkpoint.',
  disk_full: 'Make room on the disk of the artifact store, then retry.',
  engine_unavailable: 'Start the worker with the options it names, then retry.',
  internal_error: 'Retry; if it fails again, look into the log of the worker.',
  attempts_exhausted: 'See below how each attempt ended; retry once the cause is gone.',
  never_claimed: 'See on the System page whether a trainer is alive, then retry.',
  dispatch_refused: 'Have an operator look at what the sentence names, then retry.',
  poison: 'Two workers died under this job. Try a smaller network or batch_size before a retry.',
};

export function failure(error) {
  return html`<div class="notice bad">
    <strong>${words(error.code)}.</strong> ${error.message}
    <div>What to do: ${REMEDIES[error.code] ?? 'Retry, or clone it and change the configuration.'}</div>
  </div>`;
}
