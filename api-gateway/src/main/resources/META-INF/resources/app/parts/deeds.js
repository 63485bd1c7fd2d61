import { html, nothing } from 'lit';
import { send, part } from '../api.js';
import { say } from '../router.js';
import { hasEnded, short } from '../format.js';

/** What may be done to a job in each state. */
const DEEDS = {
  queued: ['pause', 'cancel'],
  training_in_progress: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['retry'],
  success: [],
  cancelled: [],
};
const NAMES = { pause: 'Pause', cancel: 'Cancel', resume: 'Resume', retry: 'Retry' };
const DONE = { pause: 'paused', cancel: 'cancelled', resume: 'queued again', retry: 'queued again' };

/** Carries out one of them; the job as it then is. */
export async function carryOut(deed, key) {
  const job = await send('POST', `/api/v1/train/${part(key)}/${deed}`);
  say(`Job ${short(key)} ${DONE[deed]}.`);
  return job;
}

/** Buttons of a job; `doIt(deed)` is told which was pressed. Cloning is a link, as it leads somewhere. */
export function deeds(job, doIt) {
  const name = html`<span class="unseen"> job ${short(job.key)}</span>`;
  const imported = job.config?.source != null;
  return html`<div class="row deeds">
    ${(DEEDS[job.status] ?? []).map((deed) => html`<button type="button" data-deed=${deed} @click=${() => doIt(deed)}>${NAMES[deed]}${name}</button>`)}
    ${imported ? nothing : html`<a class="button" href="/jobs/${job.key}?clone#clone">Clone${name}</a>`}
    ${hasEnded(job.status) && job.model
      ? html`<a class="button" href="/models/${part(job.model.name)}?version=${job.model.version}">Model<span class="unseen"> of job ${short(job.key)}</span></a>`
      : nothing}
  </div>`;
}
