import { html, nothing } from 'lit';
import { words } from '../format.js';

/** What a person can do about each way to fail. */
const REMEDIES = {
  configuration_rejected: 'Train again, and change what the sentence names.',
  dataset_unreadable: 'Have an operator convert the dataset again on that worker, then retry.',
  training_diverged: 'Train again with a smaller learning rate; with the same one it would diverge again.',
  export_disagrees: 'Nothing was published, as the exported model would answer differently. Report it with the key.',
  import_rejected: 'Import a file that answers as its reference says.',
  artifact_store_failed: 'Look at the artifact store, then retry: it goes on after the newest checkpoint.',
  disk_full: 'Make room on the disk of the artifact store, then retry.',
  engine_unavailable: 'Start the worker with the options it names, then retry.',
  internal_error: 'Retry; if it fails again, look into the log of the worker.',
  attempts_exhausted: 'See below how each attempt ended; retry once the cause is fixed.',
  never_claimed: 'See on the System page whether a trainer is alive, then retry.',
  dispatch_refused: 'Have an operator look at what the sentence names, then retry.',
  poison: 'Two workers died under this job. Train again with a smaller network or batch size.',
};

export function failure({ error, key, config }) {
  return html`<div class="notice bad">
    <strong>Failed: ${words(error.code)}.</strong> ${error.message}
    <div>What to do: ${REMEDIES[error.code] ?? 'Retry, or train again with changes.'}</div>
    ${config?.source ? nothing : html`<div><a href="/jobs/new?from=${key}">Train again with changes</a></div>`}
  </div>`;
}
