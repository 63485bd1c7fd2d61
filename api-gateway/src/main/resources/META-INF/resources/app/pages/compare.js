import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { part } from '../api.js';
import { findJob } from '../job-search.js';
import { onJobUpdate } from '../job-updates.js';
import { go } from '../router.js';
import { flat, number, percent, short } from '../format.js';
import { resultsTable } from '../parts/results-table.js';
import '../parts/line-chart.js';

const MOST = 10;
const asPercent = (y) => percent(y, 2);
const asLoss = (y) => number(y, 4);

/** Compares jobs side by side. */
class Compare extends Page {
  static properties = { jobs: { state: true }, missing: { state: true }, unclear: { state: true } };

  /** Full keys by the typed prefixes. */
  #fullKeys = new Map();

  start() {
    this.addCleanup(onJobUpdate((update) => this.#isRelevant(update) && this.scheduleLoad()));
    this.every(1_000, () => this.jobs?.some((job) => job.status === 'training_in_progress') && this.requestUpdate()); // updates the training time
  }

  /** Progress within an epoch is not shown here. */
  #isRelevant(update) {
    const job = update && this.jobs?.find((one) => one.key === update.key);
    return update === null || (job && job.last_event_id !== update.id);
  }

  #keys() {
    const keys = (this.query.get('keys') ?? '').split(/[\s,]+/).filter(Boolean);
    return [...new Set(keys)];
  }

  async load(signal) {
    const keys = this.#keys().slice(0, MOST);
    const found = await Promise.all(keys.map((key) => findJob(this.#fullKeys.get(key) ?? key, signal)));
    found.forEach(({ job }, index) => job && this.#fullKeys.set(keys[index], job.key)); // so that a later job with the same prefix does not change it
    this.missing = keys.filter((key, index) => !found[index].job && !found[index].several);
    this.unclear = keys.filter((key, index) => found[index].several);
    this.jobs = [...new Map(found.filter(({ job }) => job).map(({ job }) => [job.key, job])).values()];
  }

  /** Cached until the jobs are read again, so that charts are not redrawn. */
  #series(split, metric) {
    if (this.drawn?.jobs !== this.jobs) {
      this.drawn = { jobs: this.jobs };
    }
    return (this.drawn[`${split} ${metric}`] ??= this.#seriesOf(split, metric));
  }

  #seriesOf(split, metric) {
    return this.jobs.map((job) => ({
      name: `${short(job.key)} ${job.config.network}`,
      points: (job.history ?? []).filter((epoch) => epoch[split]).map((epoch) => [epoch.epoch, epoch[split][metric]]),
    }));
  }

  #heads() {
    return html`<tr><th scope="col"><span class="unseen">What</span></th>${this.jobs.map((job) => html`<th scope="col"><a href="/jobs/${job.key}"><code>${short(job.key)}</code></a></th>`)}</tr>`;
  }

  #parameters() {
    const flats = this.jobs.map((job) => new Map(flat(job.config).map(([name, value]) => [name, value == null ? '–' : String(value)])));
    const names = [...new Set(flats.flatMap((of) => [...of.keys()]))];
    const rows = names.map((name) => ({ name, values: flats.map((of) => of.get(name) ?? '–') }));
    rows.forEach((row) => (row.differs = new Set(row.values).size > 1));
    rows.sort((a, b) => b.differs - a.differs);
    return html`<div class="wide" tabindex="0" role="region" aria-label="Parameters"><table class="compare">
      <caption>Rows with ≠ differ</caption>
      <thead>${this.#heads()}</thead>
      <tbody>${rows.map((row) => html`<tr class=${row.differs ? 'differs' : ''}><th scope="row"><code>${row.name}</code>${row.differs ? html`<span class="unseen"> differs</span>` : nothing}</th>${row.values.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }

  #chooser() {
    const take = (event) => {
      event.preventDefault();
      go(`/compare?keys=${new FormData(event.target).get('keys').split(/[\s,]+/).filter(Boolean).map(part).join(',')}`);
    };
    return html`<form class="form" @submit=${take}>
      <label>Keys of 2 to ${MOST} jobs, or their first characters<input name="keys" .value=${this.#keys().join(', ')} autocomplete="off" spellcheck="false" /></label>
      <div class="row"><button type="submit">Compare</button><a href="/jobs">Or select them in the list of jobs</a></div>
    </form>`;
  }

  /** Hints about missing jobs and limits. */
  #remarks() {
    const count = this.#keys().length;
    if (count > MOST) {
      return html`<div class="notice">${count} jobs were named; the first ${MOST} are compared.</div>`;
    }
    return count === 1 ? html`<div class="notice">Enter one more job to compare this one with.</div>` : nothing;
  }

  render() {
    const total = Math.max(...(this.jobs ?? []).map((job) => job.epochs));
    return html`<h1>Compare</h1>
      ${this.problemNotice()} ${this.#chooser()} ${this.#remarks()}
      ${this.missing?.length ? html`<div class="notice">No job has the key ${named(this.missing)}.</div>` : nothing}
      ${this.unclear?.length ? html`<div class="notice">Keys of several jobs begin with ${named(this.unclear)}; type more characters.</div>` : nothing}
      ${this.jobs?.length
        ? html`<h2>Results</h2>${resultsTable(this.jobs, this.#heads())}
            <div class="columns">
              <ty-line-chart heading="Validation loss" .series=${this.#series('validation', 'loss')} .total=${total} .format=${asLoss}></ty-line-chart>
              <ty-line-chart heading="Validation accuracy" .series=${this.#series('validation', 'accuracy')} .total=${total} .format=${asPercent}></ty-line-chart>
              <ty-line-chart heading="Training loss" .series=${this.#series('train', 'loss')} .total=${total} .format=${asLoss}></ty-line-chart>
              <ty-line-chart heading="Training accuracy" .series=${this.#series('train', 'accuracy')} .total=${total} .format=${asPercent}></ty-line-chart>
            </div>
            <h2>Parameters</h2>${this.#parameters()}`
        : this.jobs || this.problem
          ? nothing
          : this.loadingNotice()}`;
  }
}

const named = (keys) => keys.map((key, index) => html`${index ? ', ' : ''}<code>${key}</code>`);

customElements.define('ty-compare', Compare);
