import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { part, read } from '../api.js';
import { onJobUpdate } from '../job-updates.js';
import { ago, bytes, percent, short } from '../format.js';
import { chip } from '../parts/chip.js';

const PAGE = 50;
const POLL_PERIOD = 5_000;

/** The list of the versions of all models. */
class Models extends Page {
  static properties = { page: { state: true } };

  /** New versions come with job updates; alias changes of other users are found by polling. */
  start() {
    this.addCleanup(onJobUpdate((update) => (update === null || update.model) && this.scheduleLoad()));
    this.every(POLL_PERIOD, this.scheduleLoad);
  }

  async load(signal) {
    const asked = new URLSearchParams({ limit: PAGE });
    ['name', 'cursor'].filter((name) => this.query.get(name)).forEach((name) => asked.set(name, this.query.get(name)));
    this.page = await read(`/api/v1/models?${asked}`, signal);
  }

  #row(model) {
    const url = `/models/${part(model.name)}?version=${model.version}`;
    return html`<tr>
      <td data-label="Model"><a href="/models/${part(model.name)}">${model.name}</a></td>
      <td data-label="Version"><a href=${url}>${model.version}<span class="unseen"> of ${model.name}</span></a></td>
      <td data-label="Aliases"><div class="row">${model.aliases.map((alias) => chip(alias, alias))}</div></td>
      <td data-label="Test accuracy" class="right">${percent(model.metrics?.test?.accuracy)}</td>
      <td data-label="Size" class="right">${bytes(model.onnx_size)}</td>
      <td data-label="From job">${model.job_key ? html`<a href="/jobs/${model.job_key}"><code>${short(model.job_key)}</code></a>` : 'came with the platform'}</td>
      <td data-label="Published">${ago(model.created_at)}</td>
    </tr>`;
  }

  #first() {
    const place = new URLSearchParams(this.query);
    place.delete('cursor');
    return `/models?${place}`;
  }

  #next() {
    const place = new URLSearchParams(this.query);
    place.set('cursor', this.page.next_cursor);
    return `/models?${place}`;
  }

  render() {
    return html`<h1>Models</h1>
      ${this.page
        ? html`${this.problemNotice()}<div class="wide" tabindex="0" role="region" aria-label="Versions"><table class="stack">
            <thead><tr><th scope="col">Model</th><th scope="col">Version</th><th scope="col">Aliases</th><th scope="col" class="right">Test accuracy</th><th scope="col" class="right">Size</th><th scope="col">From job</th><th scope="col">Published</th></tr></thead>
            <tbody>${this.page.models.map((model) => this.#row(model))}</tbody>
          </table></div>`
        : this.loadingNotice()}
      <nav class="row" aria-label="Pages of models">
        ${this.query.get('cursor') ? html`<a class="button" href=${this.#first()}>First</a>` : nothing}
        ${this.page?.next_cursor ? html`<a class="button" href=${this.#next()}>More</a>` : nothing}
      </nav>`;
  }
}
customElements.define('ty-models', Models);
