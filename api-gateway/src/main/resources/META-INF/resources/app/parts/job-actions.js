import { html, nothing } from 'lit';
import { can } from '../access.js';
import { send, part } from '../api.js';
import { announce } from '../router.js';
import { hasEnded, short } from '../format.js';
import { confirmed } from './confirm.js';

/** Actions that are available for a job in each state. */
const ACTIONS = {
  queued: ['pause', 'cancel'],
  training_in_progress: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['retry'],
  success: [],
  cancelled: [],
};
const NAMES = { pause: 'Pause', cancel: 'Cancel', resume: 'Resume', retry: 'Retry' };
const DONE = { pause: 'paused', cancel: 'cancelled', resume: 'queued again', retry: 'queued again' };

function confirmCancel(job) {
  const epochs = job.current_epoch ? `It has trained ${job.current_epoch} of ${job.epochs} epochs. ` : '';
  return confirmed({
    title: `Cancel job ${short(job.key)}?`,
    text: `${epochs}The job ends without a model and cannot be resumed. To stop it for a while only, pause it.`,
    action: 'Cancel the job',
    keep: 'Keep the job',
  });
}

/** Runs an action and resolves to the updated job; null if the user cancelled. */
export async function runJobAction(action, job) {
  if (action === 'cancel' && !(await confirmCancel(job))) {
    return null;
  }
  const changed = await send('POST', `/api/v1/train/${part(job.key)}/${action}`);
  announce(`Job ${short(job.key)} ${DONE[action]}.`);
  return changed;
}

/**
 * Buttons of a job; `run(action)` is called with the selected one. Training again is a link, because it opens another
 * page; `brief` omits it until the job has ended.
 */
export function jobActions(job, run, { brief = false } = {}) {
  const name = html`<span class="unseen"> job ${short(job.key)}</span>`;
  const actions = can('submit') ? (ACTIONS[job.status] ?? []) : [];
  const again = can('submit') && job.config?.source == null && (!brief || hasEnded(job.status));
  return html`<div class="row actions">
    ${actions.map((action) => html`<button type="button" data-action=${action} @click=${() => run(action)}>${NAMES[action]}${name}</button>`)}
    ${again ? html`<a class="button" href="/jobs/new?from=${job.key}">Train again<span class="unseen"> with changes: job ${short(job.key)}</span></a>` : nothing}
    ${hasEnded(job.status) && job.model
      ? html`<a class="button" href="/models/${part(job.model.name)}?version=${job.model.version}">Model<span class="unseen"> of job ${short(job.key)}</span></a>`
      : nothing}
  </div>`;
}
