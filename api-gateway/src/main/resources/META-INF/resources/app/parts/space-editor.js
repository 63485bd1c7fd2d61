import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { errorsOf } from '../schema.js';
import { choices, parameterFields, parameterOf } from '../study-fields.js';
import { fieldOf } from './field.js';

/**
 * Editor of a search space: `parameters` of study-fields.js, over the fields `base` of a configuration. It changes the
 * parameters in place, and sends `changed`, or `listed` with a new list.
 */
class SpaceEditor extends LightElement {
  static properties = { base: { attribute: false }, parameters: { attribute: false }, errors: { attribute: false } };

  #changed() {
    this.requestUpdate();
    this.dispatchEvent(new Event('changed'));
  }

  #change = (field, value) => {
    this.parameters.flatMap((one) => one.fields).find((one) => one.pointer === field.pointer).value = value;
    this.#changed();
  };

  #list(parameters) {
    this.dispatchEvent(new CustomEvent('listed', { detail: parameters }));
  }

  async #add() {
    const pointer = this.querySelector('#vary').value;
    this.#list([...this.parameters, parameterOf(this.base, pointer)]);
    await new Promise(requestAnimationFrame);
    this.querySelector('.parameter:last-of-type input, .parameter:last-of-type textarea')?.focus();
  }

  #remove(parameter) {
    this.#list(this.parameters.filter((one) => one !== parameter));
    this.querySelector('#vary')?.focus();
  }

  #type(parameter) {
    if (parameter.types.length === 1) {
      return nothing;
    }
    const set = (event) => {
      parameter.type = event.target.value;
      this.#changed();
    };
    return html`<div class="field"><label>Type<select data-type=${parameter.pointer} @change=${set}>${parameter.types.map((type) => html`<option value=${type} ?selected=${type === parameter.type}>${type}</option>`)}</select></label></div>`;
  }

  #parameter(parameter) {
    const own = this.errors.filter((error) => error.pointer === parameter.at || error.pointer === `${parameter.at}/type`);
    return html`<div class="parameter" role="group" aria-label=${parameter.label}>
      <div class="row spread"><div><strong>${parameter.label}</strong> <code>${parameter.pointer}</code></div><button type="button" data-remove=${parameter.pointer} @click=${() => this.#remove(parameter)}>Remove<span class="unseen"> ${parameter.label}</span></button></div>
      <div class="inline">${own.map((error) => html`<div class="wrong">✕ ${error.detail}</div>`)}${this.#type(parameter)}${parameterFields(parameter).map((field) => fieldOf(field, this.errors, {}, this.#change))}</div>
    </div>`;
  }

  render() {
    const left = choices(this.base, this.parameters);
    return html`${errorsOf({ pointer: '/space', kind: 'group' }, this.errors).map((error) => html`<div class="wrong">✕ ${error.detail}</div>`)}
      ${this.parameters.map((one) => this.#parameter(one))}
      ${left.length
        ? html`<div class="row"><label class="row">Vary <select id="vary">${left.map(([pointer, label]) => html`<option value=${pointer}>${label}</option>`)}</select></label><button type="button" id="vary-add" @click=${() => this.#add()}>Add</button></div>`
        : nothing}`;
  }
}
customElements.define('ty-space', SpaceEditor);
