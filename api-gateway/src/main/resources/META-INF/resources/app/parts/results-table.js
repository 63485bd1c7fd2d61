import { html, nothing } from 'lit';
import { part } from '../api.js';
import { duration, number, percent } from '../format.js';
import { chip } from './chip.js';
import { trainingSeconds } from './timeline.js';

/** Number of decimals shown; percentages have two fewer. */
const DIGITS = 4;
/** A job that has not succeeded did not finish its training. */
const trainedFor = (job) => (job.status === 'success' ? trainingSeconds(job.transitions) : undefined);

/** The best of `values`, as displayed; none if all are equal or there is only one. */
export function bestOf(values, better, digits = DIGITS) {
  const known = values.filter((value) => Number.isFinite(value)).map((value) => Number(value.toFixed(digits)));
  const best = better === 'high' ? Math.max(...known) : Math.min(...known);
  const differ = known.some((value) => value !== best);
  return values.map((value) => differ && Number.isFinite(value) && Number(value.toFixed(digits)) === best);
}

/** The best epoch by validation accuracy; undefined if there is none. */
function bestEpoch(job) {
  const epochs = (job.history ?? []).filter((epoch) => epoch.validation);
  return epochs.reduce((top, epoch) => (top && top.validation.accuracy >= epoch.validation.accuracy ? top : epoch), undefined);
}

function inEpoch(job) {
  const epoch = bestEpoch(job);
  return epoch ? `${percent(epoch.validation.accuracy)} in epoch ${epoch.epoch}` : '–';
}

const METRICS = [
  { name: 'Test accuracy', better: 'high', value: (job) => job.message?.test?.accuracy, show: (value) => percent(value) },
  { name: 'Test loss', better: 'low', value: (job) => job.message?.test?.loss, show: (value) => number(value, DIGITS) },
  { name: 'Train accuracy', better: 'high', value: (job) => job.message?.train?.accuracy, show: (value) => percent(value) },
  { name: 'Train loss', better: 'low', value: (job) => job.message?.train?.loss, show: (value) => number(value, DIGITS) },
  { name: 'Best validation accuracy', better: 'high', value: (job) => bestEpoch(job)?.validation.accuracy, show: (value, job) => inEpoch(job) },
  { name: 'Training time', better: 'low', digits: 0, value: trainedFor, show: (value, job) => duration(trainingSeconds(job.transitions)) },
];

function metricRow({ name, better, value, show, digits }, jobs) {
  const values = jobs.map(value);
  const best = bestOf(values, better, digits);
  return html`<tr><th scope="row">${name}<span class="quiet direction"> (${better === 'high' ? 'higher' : 'lower'} is better)</span></th>
    ${jobs.map((job, index) => html`<td class=${best[index] ? 'best' : nothing}>${show(values[index], job)}${best[index] ? html` <span class="best-mark">best</span>` : nothing}</td>`)}</tr>`;
}

/**
 * Outcome and metrics of some jobs side by side, with the best of each row marked; `heads` is the row with their names.
 */
export function resultsTable(jobs, heads) {
  const row = (name, of) => html`<tr><th scope="row">${name}</th>${jobs.map((job) => html`<td>${of(job)}</td>`)}</tr>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Results"><table class="compare">
    <thead>${heads}</thead>
    <tbody>
      ${row('State', (job) => chip(job.status))} ${METRICS.map((metric) => metricRow(metric, jobs))}
      ${row('Epochs', (job) => `${job.history?.length ?? 0} of ${job.epochs}`)}
      ${row('Model', (job) => (job.model ? html`<a href="/models/${part(job.model.name)}?version=${job.model.version}">${job.model.name} ${job.model.version}</a>` : '–'))}
    </tbody>
  </table></div>`;
}
