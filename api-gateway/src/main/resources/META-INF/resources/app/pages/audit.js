import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { part, read } from '../api.js';
import { time } from '../format.js';
import { go } from '../router.js';

const PAGE = 50;
const FILTERS = [['actor', 'Actor'], ['action', 'Action'], ['object', 'Object'], ['project', 'Project']];

/** The changes that clients have made; for administrators. */
class Audit extends Page {
  static properties = { page: { state: true } };

  async load(signal) {
    const asked = new URLSearchParams({ limit: PAGE });
    [...FILTERS.map(([name]) => name), 'cursor'].filter((name) => this.query.get(name)).forEach((name) => asked.set(name, this.query.get(name)));
    this.page = await read(`/api/v1/audit?${asked}`, signal);
  }

  #address(change) {
    const place = new URLSearchParams(this.query);
    place.delete('cursor');
    change(place);
    return `/audit?${place}`;
  }

  #filter(submitted) {
    submitted.preventDefault();
    const values = new FormData(submitted.target);
    go(this.#address((place) => FILTERS.forEach(([name]) => {
      const value = values.get(name).trim();
      value ? place.set(name, value) : place.delete(name);
    })));
  }

  #object({ kind, id }) {
    if (kind === 'job') {
      return html`job <a href="/jobs/${part(id)}"><code>${id}</code></a>`;
    }
    return kind === 'model' ? html`model <a href="/models/${part(id)}">${id}</a>` : html`${kind} <code>${id}</code>`;
  }

  #row(entry) {
    const detail = Object.entries(entry.detail).map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
    return html`<tr>
      <td data-label="Time">${time(entry.at)}</td>
      <td data-label="Actor">${entry.actor.name}</td>
      <td data-label="Action"><code>${entry.action}</code></td>
      <td data-label="Object"><span>${this.#object(entry.object)}</span></td>
      <td data-label="Project">${entry.project}</td>
      <td data-label="From">${entry.address ?? '–'}</td>
      <td data-label="Detail">${detail.join(', ') || '–'}</td>
    </tr>`;
  }

  render() {
    return html`<h1>Audit log</h1>
      <form class="row" @submit=${this.#filter} aria-label="Filter">
        ${FILTERS.map(([name, label]) => html`<label>${label} <input name=${name} .value=${this.query.get(name) ?? ''}></label>`)}
        <button>Filter</button>
      </form>
      ${this.page
        ? html`${this.problemNotice()}<div class="wide" tabindex="0" role="region" aria-label="Changes"><table class="stack">
            <thead><tr><th scope="col">Time</th><th scope="col">Actor</th><th scope="col">Action</th><th scope="col">Object</th><th scope="col">Project</th><th scope="col">From</th><th scope="col">Detail</th></tr></thead>
            <tbody>${this.page.entries.map((entry) => this.#row(entry))}</tbody>
          </table></div>`
        : this.loadingNotice()}
      <nav class="row" aria-label="Pages of the audit log">
        ${this.query.get('cursor') ? html`<a class="button" href=${this.#address(() => {})}>First</a>` : nothing}
        ${this.page?.next_cursor ? html`<a class="button" href=${this.#address((place) => place.set('cursor', this.page.next_cursor))}>More</a>` : nothing}
      </nav>`;
  }
}
customElements.define('ty-audit', Audit);
