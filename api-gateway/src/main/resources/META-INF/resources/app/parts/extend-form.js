import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { send } from '../api.js';
import { configuration } from '../configuration.js';
import { announce } from '../router.js';
import { bodyFields, openApi } from '../schema.js';
import { studyHasEnded, studyPath } from '../study-view.js';
import { fieldOf } from './field.js';
import { notice } from './notice.js';

const EXTEND = '/api/v1/studies/{id}/extend';

/** A form for higher limits of a study; sends `extended` with the updated study. */
class ExtendForm extends LightElement {
  static properties = { study: { attribute: false }, fields: { state: true }, problem: { state: true }, sending: { state: true } };

  async #open(event) {
    if (!event.target.open || this.fields) {
      return;
    }
    try {
      this.fields = bodyFields(await openApi(), EXTEND, this.study.limits);
      this.problem = null;
    } catch (e) {
      this.problem = e;
      event.target.open = false;
    }
  }

  /** Limits that differ from the present ones. */
  #changes() {
    const limits = configuration(this.fields);
    return Object.fromEntries(Object.entries(limits).filter(([name, value]) => value !== this.study.limits[name]));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.sending) {
      return;
    }
    this.sending = true;
    try {
      const study = await send('POST', studyPath(this.study.id, '/extend'), this.#changes());
      this.problem = this.fields = null;
      this.querySelector('details').open = false;
      announce('The limits are changed.');
      this.dispatchEvent(new CustomEvent('extended', { detail: study }));
    } catch (e) {
      this.problem = e;
    } finally {
      this.sending = false;
    }
  }

  #change = (field, value) => {
    field.value = value;
    this.requestUpdate();
  };

  render() {
    const errors = this.problem?.errors ?? [];
    const again = studyHasEnded(this.study.status);
    return html`<div class="form"><details id="extend" @toggle=${(event) => this.#open(event)}>
      <summary>${again ? 'Continue with higher limits' : 'Raise limits'}</summary>
      ${this.problem && !errors.length ? notice(this.problem) : nothing}
      ${this.fields
        ? html`<form class="form" novalidate @submit=${(event) => this.#submit(event)}>
            <div class="inline">${this.fields.map((field) => fieldOf(field, errors, {}, this.#change))}</div>
            <div><button class="main-action" id="extend-submit">${again ? 'Continue the study' : 'Change the limits'}</button></div>
          </form>`
        : nothing}
    </details></div>`;
  }
}
customElements.define('ty-extend-form', ExtendForm);
