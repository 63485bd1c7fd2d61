import { html, nothing } from 'lit';
import { can } from '../access.js';
import { words } from '../format.js';

/** Remedies by failure code. */
const REMEDIES = {
  configuration_rejected: 'Change the named values and train again.',
  dataset_unreadable: 'Have an operator convert the dataset again on that worker, then retry.',
  training_diverged: 'Train again with a smaller learning rate; with the same rate it would diverge again.',
  export_disagrees: 'Nothing was published, because the exported model gives other predictions. Report it with the key of the job.',
  import_rejected: 'Import a file that agrees with its reference.',
  artifact_store_failed: 'Check the artifact store, then retry; the job continues after the newest checkpoint.',
  disk_full: 'Free space on the disk of the artifact store, then retry.',
  engine_unavailable: 'Start the worker with the named options, then retry.',
  internal_error: 'Retry; if it fails again, check the log of the worker.',
  attempts_exhausted: 'Check below how each attempt ended; retry when the cause is fixed.',
  never_claimed: 'Check on the System page that a trainer is running, then retry.',
  dispatch_refused: 'Have an operator fix the named cause, then retry.',
  poison: 'This job crashed two workers. Train again with a smaller network or batch size.',
};

export function failure({ error, key, config }) {
  return html`<div class="notice bad">
    <strong>Failed: ${words(error.code)}.</strong> ${error.message}
    <div>What to do: ${REMEDIES[error.code] ?? 'Retry, or train again with changes.'}</div>
    ${config?.source || !can('submit') ? nothing : html`<div><a href="/jobs/new?from=${key}">Train again with changes</a></div>`}
  </div>`;
}
