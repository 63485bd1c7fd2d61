import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { part, read } from '../api.js';
import { exampleConfig, openApi } from '../schema.js';
import { go } from '../router.js';
import { short } from '../format.js';
import '../parts/train-form.js';

/** A form for a new training, filled from the job in the address' `from` parameter. */
class NewJob extends Page {
  static properties = { api: { state: true }, config: { state: true } };

  async load(signal) {
    if (this.config) {
      return; // keep later input
    }
    this.api = await openApi();
    const from = this.query.get('from');
    const job = from && (await read(`/api/v1/train/${part(from)}`, signal));
    this.imported = job?.config?.source != null;
    this.config = job && !this.imported ? { ...job.config, pool: job.pool } : exampleConfig(this.api);
  }

  #form() {
    return html`<ty-train-form .api=${this.api} .config=${this.config} @submitted=${(event) => go(`/jobs/${event.detail.key}`)}></ty-train-form>`;
  }

  render() {
    const from = this.query.get('from');
    return html`<h1>${from ? 'Train again with changes' : 'New training'}</h1>
      ${from && this.config && !this.imported ? html`<p>Filled from job <a href="/jobs/${part(from)}"><code>${short(from)}</code></a>, which stays as it is.</p>` : nothing}
      ${this.imported ? html`<div class="notice">Job ${short(from)} imported a model and was not trained here, so the form has the example's values.</div>` : nothing}
      ${this.config ? html`${this.problemNotice()}${this.#form()}` : html`${this.loadingNotice()}${this.problem ? html`<p><a href="/jobs/new">Start with the example's values</a></p>` : nothing}`}`;
  }
}
customElements.define('ty-new-job', NewJob);
