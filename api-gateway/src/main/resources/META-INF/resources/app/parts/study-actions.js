import { html, nothing } from 'lit';
import { can } from '../access.js';
import { send } from '../api.js';
import { number } from '../format.js';
import { announce } from '../router.js';
import { studyPath } from '../study-view.js';
import { confirmed } from './confirm.js';

/** Actions that are available for a study in each state. */
const ACTIONS = { running: ['pause', 'cancel'], paused: ['resume', 'cancel'] };
const NAMES = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' };
const DONE = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' };

/** Runs an action and resolves to the updated study; null if the user cancelled. */
export async function runStudyAction(action, study) {
  const open = study.summary.running + study.summary.waiting;
  const agreed = action !== 'cancel' || (await confirmed({
    title: `Cancel the study ${study.name}?`,
    text: `${open ? `Its ${number(open)} trials that run or wait end. ` : ''}Nothing is published, and a cancelled study cannot be extended. To stop it for a while only, pause it.`,
    action: 'Cancel the study',
    keep: 'Keep the study',
  }));
  if (!agreed) {
    return null;
  }
  const changed = await send('POST', studyPath(study.id, `/${action}`));
  announce(`The study is ${DONE[action]}.`);
  return changed;
}

/** Stops a trial; resolves to false if the user cancelled. */
export async function stopTrial(study, trial) {
  const agreed = await confirmed({
    title: `Stop trial ${trial.number}?`,
    text: 'Its result so far stays in the study. It cannot be continued.',
    action: 'Stop the trial',
    keep: 'Keep the trial',
  });
  if (agreed) {
    await send('POST', studyPath(study.id, `/trials/${trial.number}/stop`));
    announce(`Trial ${trial.number} is stopped.`);
  }
  return agreed;
}

/** Buttons of a study; `run(action)` is called with the selected one, `replay` to replay it. */
export function studyActions(study, run, replay) {
  if (!can('submit')) {
    return nothing;
  }
  return html`<div class="row actions">
    ${(ACTIONS[study.status] ?? []).map((action) => html`<button type="button" data-action=${action} @click=${() => run(action)}>${NAMES[action]}</button>`)}
    <button type="button" data-action="replay" @click=${replay} title="Decides again from the stored events and compares">Replay</button>
    <a class="button" id="clone" href="/studies/new?from=${study.id}">Clone<span class="unseen"> with changes</span></a>
  </div>`;
}

/** Result of a replay. */
export function replayResult(result, close) {
  const { same, decisions, difference } = result;
  return html`<div class="notice ${same ? 'good' : 'bad'}" id="replay-result" role="status">
    <strong>${same ? 'Replay: no difference.' : 'Replay: a decision differs.'}</strong> ${number(decisions)} decisions were made again from the stored events.
    ${difference ? html`<div>${difference.trial == null ? nothing : html`Trial ${difference.trial}: `}logged ${difference.logged}, computed ${difference.computed}.</div>` : nothing}
    <button type="button" id="replay-close" @click=${close}>Close</button>
  </div>`;
}

export const canExtend = (study) => can('submit') && study.status !== 'cancelled';
