import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { bestSoFar, importanceResults, ranked } from '../study-results.js';
import { formatResult, isMaximized, parametersOf, resultOf } from '../study-view.js';
import { contourOptions, parallelOptions, sliceOptions } from './study-options.js';
import './chart.js';
import './importance.js';
import './line-chart.js';

/** Slices that are shown at first. */
const SLICES = 4;
const AXIS_REM = 7;
const NO_RESULT = 'The first result comes with the first epoch of a trial.';

/** Charts of a study; `events` is the number of events in `log`. */
class StudyCharts extends LightElement {
  static properties = { study: { attribute: false }, trials: { attribute: false }, log: { attribute: false }, events: { type: Number }, epoch: { state: true }, x: { state: true }, y: { state: true }, allSlices: { state: true } };

  #kept = new Map();

  constructor() {
    super();
    this.epoch = null;
  }

  /** Keeps what `make` returns until one of `of` is another, so that charts that stay the same are not drawn again. */
  #keep(key, of, make) {
    const kept = this.#kept.get(key);
    if (kept && kept.of.every((one, i) => one === of[i])) {
      return kept.value;
    }
    const value = make();
    this.#kept.set(key, { of, value });
    return value;
  }

  #curve(heading, step, results, total) {
    const maximized = isMaximized(this.study);
    const series = this.#keep(heading, [this.trials, this.log.results.length], () => [{ name: 'best so far', points: bestSoFar(results(), maximized) }]);
    return html`<ty-line-chart heading=${heading} step=${step} .series=${series} .total=${total ?? undefined} .empty=${NO_RESULT} .format=${(y) => formatResult(this.study, y)}></ty-line-chart>`;
  }

  /** Rungs, after which many trials can be compared. */
  #epochs() {
    return [...new Set([...this.log.holds.values()].flat().filter((epoch) => epoch !== null))].sort((a, b) => a - b);
  }

  #select(id, label, value, options, change) {
    return html`<label class="row">${label}
      <select id=${id} @change=${(event) => change(event.target.value)}>${options.map(([name, text]) => html`<option value=${name} ?selected=${String(value) === String(name)}>${text}</option>`)}</select>
    </label>`;
  }

  #chart(key, heading, of, options, width) {
    const made = this.#keep(key, [...of, this.epoch], () => () => options());
    return html`<ty-chart data-chart=${key} .heading=${heading} .options=${of[0].length ? made : null} .width=${width} .empty=${NO_RESULT}></ty-chart>`;
  }

  #slices(parameters, results) {
    const shown = this.allSlices ? parameters : parameters.slice(0, SLICES);
    return html`<h3>Slices</h3><div class="columns">${shown.map((one) => this.#chart(`slice ${one.pointer}`, one.name, [results], () => sliceOptions(this.study, one, results)))}</div>
      ${shown.length < parameters.length ? html`<button type="button" id="all-slices" @click=${() => (this.allSlices = true)}>Show all ${parameters.length} parameters</button>` : nothing}`;
  }

  #contour(parameters, results) {
    if (parameters.length < 2) {
      return nothing;
    }
    const find = (pointer, otherwise) => parameters.find((one) => one.pointer === pointer) ?? otherwise;
    const numbers = [...parameters].sort((a, b) => (a.type === 'categorical') - (b.type === 'categorical'));
    const x = find(this.x, numbers[0]);
    const y = find(this.y, numbers.find((one) => one !== x));
    const names = parameters.map((one) => [one.pointer, one.name]);
    return html`<div><h3>Contour</h3><div class="row">${this.#select('contour-x', 'Across', x.pointer, names, (value) => (this.x = value))} ${this.#select('contour-y', 'Up', y.pointer, names, (value) => (this.y = value))}</div>
      ${this.#chart('contour', `${x.name} and ${y.name}`, [results, x.pointer, y.pointer], () => contourOptions(this.study, x, y, results))}</div>`;
  }

  render() {
    const { study, trials, log } = this;
    const parameters = this.#keep('parameters', [study.id], () => parametersOf(study));
    const results = this.#keep('results', [trials, this.epoch], () => ranked(study, trials, this.epoch));
    const epochs = this.#epochs();
    return html`<div class="columns">
        ${this.#curve('Best by trial', 'trial', () => trials.map((trial) => (trial.state === 'failed' ? null : resultOf(trial))), study.limits.max_trials)}
        ${this.#curve('Best by epochs spent', 'epochs of all trials', () => log.results, study.limits.max_epochs_total)}
      </div>
      <h2>Parameters</h2>
      ${epochs.length ? this.#select('results-of', 'Results', this.epoch ?? '', [['', 'of the last epoch of each trial'], ...epochs.map((epoch) => [epoch, `after epoch ${epoch}`])], (value) => (this.epoch = value === '' ? null : Number(value))) : nothing}
      ${this.#chart('parallel', 'Parallel coordinates', [results], () => parallelOptions(study, parameters, results), parameters.length * AXIS_REM)}
      <div class="columns"><ty-importance .study=${study} .results=${new Set(importanceResults(study, trials, log).map((one) => one.value)).size}></ty-importance>${this.#contour(parameters, results)}</div>
      ${this.#slices(parameters, results)}`;
  }
}
customElements.define('ty-study-charts', StudyCharts);
