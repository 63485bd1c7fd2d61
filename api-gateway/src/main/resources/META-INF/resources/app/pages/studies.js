import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Page } from '../page.js';
import { can } from '../access.js';
import { read } from '../api.js';
import { ago, number, words } from '../format.js';
import { onJobUpdate } from '../job-updates.js';
import { formatResult, objectiveName } from '../study-view.js';
import { chip } from '../parts/chip.js';

const PAGE = 50;
const POLL_PERIOD = 5_000;

/** The list of studies, newest first. */
class Studies extends Page {
  static pause = 2_000;
  static properties = { page: { state: true } };

  /** Changes of jobs change their studies; studies of other users are found by polling. */
  start() {
    this.addCleanup(onJobUpdate(this.scheduleLoad));
    this.every(POLL_PERIOD, this.scheduleLoad);
  }

  async load(signal) {
    const asked = new URLSearchParams({ limit: PAGE });
    if (this.query.get('cursor')) {
      asked.set('cursor', this.query.get('cursor'));
    }
    this.page = await read(`/api/v1/studies?${asked}`, signal);
  }

  #row(study) {
    const { summary, limits } = study;
    return html`<tr>
      <td data-label="Study"><a href="/studies/${study.id}">${study.name}</a></td>
      <td data-label="State"><div>${chip(study.status)}${study.end_reason && study.end_reason !== study.status ? html`<div class="quiet">${words(study.end_reason)}</div>` : nothing}</div></td>
      <td data-label="Trials" class="right">${number(summary.trials)} of ${number(limits.max_trials)}</td>
      <td data-label="Epochs" class="right">${number(summary.epochs)}</td>
      <td data-label="Objective">${objectiveName(study)}</td>
      <td data-label="Best" class="right">${summary.best ? formatResult(study, summary.best.value) : '–'}</td>
      <td data-label="Begun"><time datetime=${study.created_at}>${ago(study.created_at)}</time></td>
    </tr>`;
  }

  #table() {
    const { studies } = this.page;
    if (!studies.length) {
      return html`<p>No studies yet. A study searches for good hyper-parameters with many trials.</p>`;
    }
    return html`<div class="wide" tabindex="0" role="region" aria-label="Studies"><table class="stack">
      <caption>Newest first, up to ${PAGE} at a time</caption>
      <thead><tr>
        <th scope="col">Study</th><th scope="col">State</th><th scope="col" class="right">Trials</th><th scope="col" class="right">Epochs</th>
        <th scope="col">Objective</th><th scope="col" class="right">Best</th><th scope="col">Begun</th>
      </tr></thead>
      <tbody>${repeat(studies, (study) => study.id, (study) => this.#row(study))}</tbody>
    </table></div>`;
  }

  render() {
    return html`<div class="row spread"><h1>Studies</h1>${can('submit') ? html`<a class="button main-action" id="new-study" href="/studies/new">New study</a>` : nothing}</div>
      ${this.page ? html`${this.problemNotice()}${this.#table()}` : this.loadingNotice()}
      <nav class="row" aria-label="Pages of studies">
        ${this.query.get('cursor') ? html`<a class="button" href="/studies">Newest</a>` : nothing}
        ${this.page?.next_cursor ? html`<a class="button" id="older" href="/studies?cursor=${encodeURIComponent(this.page.next_cursor)}">Older</a>` : nothing}
      </nav>`;
  }
}
customElements.define('ty-studies', Studies);
