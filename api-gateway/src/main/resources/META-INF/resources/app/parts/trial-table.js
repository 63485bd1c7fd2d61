import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { LightElement } from '../page.js';
import { can } from '../access.js';
import { number } from '../format.js';
import { epochsOf, formatResult, formatValue, isMaximized, parametersOf, resultOf, studyHasEnded } from '../study-view.js';
import { chip } from './chip.js';
import { sparkline } from './sparkline.js';

const PAGE = 25;
const STATES = ['running', 'paused', 'completed', 'pruned', 'failed'];
/** A trial that is paused waits at a rung. */
export const trialState = (state) => (state === 'paused' ? 'waits' : state);

const ORDERS = { newest: 'newest first', oldest: 'oldest first', best: 'best result first' };

/** The trials of a study with their curves, one page at a time; sends `stop-trial` with the trial. */
class TrialTable extends LightElement {
  static properties = { study: { attribute: false }, trials: { attribute: false }, order: { state: true }, state: { state: true }, from: { state: true } };

  constructor() {
    super();
    this.order = 'newest';
    this.state = '';
    this.from = 0;
  }

  #select(name, value) {
    this[name] = value;
    this.from = 0;
  }

  #sorted() {
    const chosen = this.trials.filter((trial) => this.state === '' || trial.state === this.state);
    if (this.order === 'oldest') {
      return chosen;
    }
    if (this.order === 'newest') {
      return chosen.reverse();
    }
    const sign = isMaximized(this.study) ? -1 : 1;
    const rank = (trial) => (resultOf(trial) === null ? Infinity : sign * resultOf(trial));
    return chosen.sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  }

  /** The same scale for the curves of all trials. */
  #range() {
    const values = this.trials.flatMap((trial) => trial.curve.map((point) => point.value)).filter((value) => value != null);
    return { low: values.reduce((a, b) => Math.min(a, b), Infinity), high: values.reduce((a, b) => Math.max(a, b), -Infinity), last: this.study.max_epochs };
  }

  #choice(name, label, options) {
    return html`<label class="row">${label}
      <select id="trials-${name}" @change=${(event) => this.#select(name, event.target.value)}>
        ${Object.entries(options).map(([value, text]) => html`<option value=${value} ?selected=${this[name] === value}>${text}</option>`)}
      </select>
    </label>`;
  }

  #row(trial, parameters, range) {
    const { study } = this;
    const best = study.summary.best?.trial === trial.number;
    const curve = trial.curve.map((point) => [point.epoch, point.value]);
    const result = formatResult(study, resultOf(trial));
    const stops = can('submit') && !studyHasEnded(study.status) && (trial.state === 'running' || trial.state === 'paused');
    return html`<tr id="trial-${trial.number}">
      <td data-label="Trial" class="nowrap">${trial.job ? html`<a href="/jobs/${trial.job}" aria-label="Job of trial ${trial.number}">${trial.number}</a>` : trial.number}</td>
      <td data-label="State"><div>${chip(trial.state, trialState(trial.state))}${trial.source === 'enqueued' ? html`<div class="quiet">enqueued</div>` : nothing}${trial.detail ? html`<div class="quiet">${trial.detail}</div>` : nothing}</div></td>
      <td data-label="Result" class="right ${best ? 'best' : ''}"><span class="nowrap">${result}${best ? html` <span class="best-mark">best</span>` : nothing}</span></td>
      <td data-label="Epochs" class="right">${number(epochsOf(trial))}</td>
      <td data-label="Curve">${sparkline(curve, range, `Results by epoch, last ${result}`)}</td>
      ${can('submit') ? html`<td data-label="Actions">${stops ? html`<div class="actions"><button type="button" data-stop=${trial.number} @click=${() => this.dispatchEvent(new CustomEvent('stop-trial', { detail: trial }))}>Stop<span class="unseen"> trial ${trial.number}</span></button></div>` : nothing}</td>` : nothing}
      ${parameters.map((one) => html`<td data-label=${one.name} class="right">${formatValue(trial.values[one.pointer])}</td>`)}
    </tr>`;
  }

  #pages(count) {
    if (count <= PAGE) {
      return nothing;
    }
    const to = Math.min(count, this.from + PAGE);
    return html`<nav class="row" aria-label="Pages of trials">
      <button type="button" id="trials-back" ?disabled=${this.from === 0} @click=${() => (this.from = Math.max(0, this.from - PAGE))}>Back</button>
      <span>${number(this.from + 1)} to ${number(to)} of ${number(count)}</span>
      <button type="button" id="trials-more" ?disabled=${to === count} @click=${() => (this.from += PAGE)}>More</button>
    </nav>`;
  }

  render() {
    const sorted = this.#sorted();
    if (this.from >= sorted.length) {
      this.from = 0;
    }
    const parameters = parametersOf(this.study);
    const range = this.#range();
    return html`<div class="row">
        ${this.#choice('order', 'Order', ORDERS)} ${this.#choice('state', 'State', { '': 'all', ...Object.fromEntries(STATES.map((state) => [state, trialState(state)])) })}
      </div>
      <div class="wide" tabindex="0" role="region" aria-label="Trials"><table class="stack trials">
        <thead><tr>
          <th scope="col">Trial</th><th scope="col">State</th><th scope="col" class="right">Result</th><th scope="col" class="right">Epochs</th><th scope="col">Curve</th>
          ${can('submit') ? html`<th scope="col">Actions</th>` : nothing}
          ${parameters.map((one) => html`<th scope="col" class="right" title=${one.pointer}>${one.name}</th>`)}
        </tr></thead>
        <tbody>${repeat(sorted.slice(this.from, this.from + PAGE), (trial) => trial.number, (trial) => this.#row(trial, parameters, range))}</tbody>
      </table></div>
      ${sorted.length ? nothing : html`<p class="quiet">No trials here.</p>`} ${this.#pages(sorted.length)}`;
  }
}
customElements.define('ty-trials', TrialTable);
