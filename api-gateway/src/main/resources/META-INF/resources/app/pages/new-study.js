import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { read } from '../api.js';
import { go } from '../router.js';
import { exampleBody, openApi } from '../schema.js';
import { STUDIES } from '../study-fields.js';
import { studyPath } from '../study-view.js';
import '../parts/study-form.js';

/** A form for a new study, filled from the study in the address' `from` parameter. */
class NewStudy extends Page {
  static properties = { api: { state: true }, request: { state: true } };

  async load(signal) {
    if (this.request) {
      return; // keep later input
    }
    this.api = await openApi();
    const from = this.query.get('from');
    this.from = from && (await read(studyPath(from), signal));
    this.request = this.from ? { ...this.from.request, limits: this.from.limits } : exampleBody(this.api, STUDIES);
  }

  render() {
    return html`<h1>New study</h1>
      ${this.from ? html`<p class="quiet">Filled from the study <a href="/studies/${this.from.id}">${this.from.name}</a>.</p>` : nothing}
      ${this.request
        ? html`${this.problemNotice()}<ty-study-form .api=${this.api} .request=${this.request} @submitted=${(event) => go(`/studies/${event.detail.id}`)}></ty-study-form>`
        : html`${this.loadingNotice()}${this.problem && this.query.get('from') ? html`<p><a href="/studies/new">Start from an example</a></p>` : nothing}`}`;
  }
}
customElements.define('ty-new-study', NewStudy);
