import { html, nothing } from 'lit';
import { bytes, duration, number } from '../format.js';

/** Estimate of a study from a dry run; `outdated` until the one for the latest change has arrived. */
export function studyEstimate(plan, outdated = false) {
  return html`<div class="notice good" role="status" id="estimate" aria-busy=${outdated ? 'true' : 'false'}>
    <strong>${outdated ? 'Estimate (updating…)' : 'Estimate'}.</strong>
    Up to ${number(plan.trials)} trials${plan.configurations == null ? nothing : ` of ${number(plan.configurations)} configurations`}.
    <div>About ${number(plan.epochs_expected)} epochs, at most ${number(plan.epochs_at_most)}.</div>
    <div>It would take about ${duration(plan.seconds_expected)} with the trainers that run now and an empty queue, and up to ${bytes(plan.peak_bytes)} of memory for a trial.</div>
  </div>`;
}
