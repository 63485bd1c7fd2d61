import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Page } from '../page.js';
import { can } from '../access.js';
import { read } from '../api.js';
import { followRows } from '../job-updates.js';
import { announce, go } from '../router.js';
import { ago, number, percent, short, words } from '../format.js';
import { chip } from '../parts/chip.js';
import { meter } from '../parts/meter.js';
import { jobActions, runJobAction } from '../parts/job-actions.js';
import { apiQuery, isFiltered, jobFilter } from '../parts/job-filter.js';
import { bulkActions, bulkResult, runBulkAction } from '../parts/bulk-actions.js';
import { networkNames, openApi } from '../schema.js';

const PAGE = 50;
const MOST_COMPARED = 10;
/** Selected jobs, kept across pages of the list. */
const picked = new Set();

/** Announces to screen readers that the list has changed. */
async function filter(address) {
  await go(address, { replace: true });
  const chosen = [...new URLSearchParams(location.search)].map(([name, value]) => `${name.replace('_', ' ')} ${value}`);
  announce(chosen.length ? `Jobs of ${chosen.join(', ')}` : 'All jobs');
}

/** The paged list of jobs; filter and page are in the address, so that it can be linked. */
class Jobs extends Page {
  static pause = 700;
  static properties = { page: { state: true }, networks: { state: true }, result: { state: true } };

  start() {
    this.addCleanup(followRows(() => this.page?.jobs ?? [], () => this.requestUpdate(), this.scheduleLoad));
    openApi().then((api) => (this.networks = networkNames(api)), () => {}); // else the built-in list
    this.every(10_000, () => this.requestUpdate()); // updates relative times
  }

  async load(signal) {
    const asked = apiQuery(this.query);
    asked.set('limit', PAGE);
    this.page = await read(`/api/v1/train?${asked}`, signal);
  }

  #next() {
    const place = new URLSearchParams(this.query);
    place.set('cursor', this.page.next_cursor);
    return `/jobs?${place}`;
  }

  #first() {
    const place = new URLSearchParams(this.query);
    place.delete('cursor');
    return place.size ? `/jobs?${place}` : '/jobs';
  }

  #select(key, change) {
    picked[change.target.checked ? 'add' : 'delete'](key);
    this.requestUpdate();
  }

  #clearSelection() {
    picked.clear();
    this.requestUpdate();
  }

  #run(action, job) {
    return this.runAction(async () => {
      const changed = await runJobAction(action, job);
      if (changed) {
        Object.assign(job, changed);
        this.requestUpdate();
        await this.restoreFocus(`a[href="/jobs/${job.key}"]`);
      }
    });
  }

  #runOnMany(action, selection) {
    return this.runAction(async () => {
      const result = await runBulkAction(action, selection);
      if (result) {
        this.result = result;
        picked.clear();
        this.scheduleLoad();
      }
    });
  }

  #controls() {
    const enough = picked.size >= 2 && picked.size <= MOST_COMPARED;
    return html`<div class="row spread">
      ${jobFilter(this.query, filter, this.networks)}
      <div class="row">
        ${enough
          ? html`<a class="button" id="compare" href="/compare?keys=${[...picked].join(',')}">Compare ${picked.size} jobs</a>`
          : html`<span class="quiet">${can('submit') ? 'Tick jobs to act on them, or' : 'Tick'} 2 to ${MOST_COMPARED} ${can('submit') ? 'to compare them' : 'jobs to compare them'}${picked.size ? ` (${picked.size} now)` : ''}.</span>`}
        ${picked.size ? html`<button type="button" id="untick" @click=${() => this.#clearSelection()}>Untick all</button>` : nothing}
      </div>
    </div>
    <div class="row spread">${bulkActions(picked, this.query, (action, selection) => this.#runOnMany(action, selection))}</div>
    ${this.result ? bulkResult(this.result, () => (this.result = null)) : nothing}`;
  }

  #row(job) {
    const place = job.queue_position == null ? nothing : html`<div class="quiet">${number(job.queue_position)} in the queue</div>`;
    const waits = job.queue_position == null && job.waiting_for?.length ? html`<div class="quiet">waits for ${job.waiting_for.length === 1 ? html`<a href="/jobs/${job.waiting_for[0]}"><code>${short(job.waiting_for[0])}</code></a>` : `${number(job.waiting_for.length)} jobs`}</div>` : nothing;
    const untaken = job.status === 'queued' && job.waiting_reason && !job.waiting_for?.length ? html`<div class="quiet">${job.waiting_reason}</div>` : nothing;
    const reason = job.error ? html`<div class="quiet">${words(job.error.code)}</div>` : nothing;
    return html`<tr>
      <td data-label="Select"><input type="checkbox" .checked=${picked.has(job.key)} aria-label="Select job ${short(job.key)}" @change=${(change) => this.#select(job.key, change)} /></td>
      <td data-label="Job"><a href="/jobs/${job.key}"><code>${short(job.key)}</code></a></td>
      <td data-label="State"><div>${chip(job.status)}${place}${waits}${untaken}${reason}</div></td>
      <td data-label="Progress">${meter(job)}</td>
      <td data-label="Network">${job.config?.network}</td>
      <td data-label="Loss" class="right">${number(job.current_loss)}</td>
      <td data-label="Test accuracy" class="right">${percent(job.message?.test?.accuracy)}</td>
      <td data-label="Submitted"><time datetime=${job.created_at}>${ago(job.created_at)}</time></td>
      <td data-label="Actions">${jobActions(job, (action) => this.#run(action, job), { brief: true })}</td>
    </tr>`;
  }

  #table() {
    const { jobs } = this.page;
    if (!jobs.length) {
      return html`<p>No jobs here. ${can('submit') ? html`<a href="/jobs/new">Start a training</a>${isFiltered(this.query) ? html` or see <a href="/jobs">all jobs</a>` : nothing}.` : isFiltered(this.query) ? html`See <a href="/jobs">all jobs</a>.` : nothing}</p>`;
    }
    return html`<div class="wide" tabindex="0" role="region" aria-label="Jobs"><table class="stack">
      <caption>Newest first, up to ${PAGE} at a time</caption>
      <thead><tr>
        <th scope="col"><span class="unseen">Select</span></th><th scope="col">Job</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">Network</th>
        <th scope="col" class="right">Loss</th><th scope="col" class="right">Test accuracy</th><th scope="col">Submitted</th><th scope="col">Actions</th>
      </tr></thead>
      <tbody>${repeat(jobs, (job) => job.key, (job) => this.#row(job))}</tbody>
    </table></div>`;
  }

  render() {
    return html`<div class="row spread"><h1>Jobs</h1>${can('submit') ? html`<a class="button main-action" id="new-job" href="/jobs/new">New training</a>` : nothing}</div>
      ${this.#controls()} ${this.problemNotice()}
      ${this.page ? this.#table() : this.problem ? nothing : html`<p class="quiet">Loading…</p>`}
      <nav class="row" aria-label="Pages of jobs">
        ${this.query.get('cursor') ? html`<a class="button" href=${this.#first()}>Newest</a>` : nothing}
        ${this.page?.next_cursor ? html`<a class="button" id="older" href=${this.#next()}>Older</a>` : nothing}
      </nav>`;
  }
}
customElements.define('ty-jobs', Jobs);
