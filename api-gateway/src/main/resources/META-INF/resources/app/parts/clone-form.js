import { html, nothing } from 'lit';
import { Plain } from '../page.js';
import { send, submit } from '../api.js';
import { calmly } from '../live.js';
import { canTry, configuration, errorsOf, fields, leaves, openApi } from '../schema.js';
import { notice } from './notice.js';
import { estimate } from './estimate.js';

/** A form for a configuration, built from the API's own description, with the server's sentences at the fields. */
class CloneForm extends Plain {
  static properties = { config: { attribute: false }, all: { state: true }, errors: { state: true }, problem: { state: true }, outlook: { state: true }, busy: { state: true } };

  #key = newKey();
  #try = calmly(() => this.#tryOut(), 500);

  constructor() {
    super();
    this.errors = [];
  }

  async connectedCallback() {
    super.connectedCallback();
    try {
      const api = await openApi();
      this.mayTry = canTry(api);
      this.all = fields(api, api.components.schemas.TrainingConfig, this.config);
      this.#changed();
    } catch (e) {
      this.problem = e;
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#try.stop();
  }

  #set(field, value) {
    field.value = value;
    this.#key = newKey(); // another body is another job
    this.requestUpdate();
    this.#changed();
  }

  #changed() {
    if (this.mayTry) {
      this.#try();
    }
  }

  #read() {
    const wrong = [];
    const config = configuration(this.all, wrong);
    this.errors = wrong;
    return wrong.length ? null : config;
  }

  #take(problem) {
    this.outlook = null;
    this.errors = problem.errors ?? [];
    const placed = leaves(this.all).flatMap((field) => errorsOf(field, this.errors));
    const all = this.errors.length > 0 && this.errors.every((error) => placed.includes(error));
    this.problem = all ? null : problem;
  }

  async #tryOut() {
    const config = this.#read();
    if (!config) {
      return;
    }
    try {
      this.outlook = await send('POST', '/api/v1/train?dry_run=true', config);
      this.problem = null;
    } catch (e) {
      this.#take(e);
    }
  }

  async #submit(event) {
    event.preventDefault();
    const config = this.#read();
    if (!config) {
      this.#firstWrong();
      return;
    }
    this.busy = true;
    try {
      const accepted = await submit(config, this.#key);
      this.dispatchEvent(new CustomEvent('submitted', { detail: accepted }));
    } catch (e) {
      this.#take(e);
      this.#firstWrong();
    } finally {
      this.busy = false;
    }
  }

  async #firstWrong() {
    await this.updateComplete;
    this.querySelector('[aria-invalid="true"]')?.focus();
  }

  #input(field, id, about, wrong) {
    const set = (event) => this.#set(field, event.target.type === 'checkbox' ? event.target.checked : event.target.value);
    const invalid = wrong ? 'true' : 'false';
    switch (field.kind) {
      case 'choice':
        return html`<select id=${id} aria-describedby=${about} aria-invalid=${invalid} @change=${set}>
          ${field.options.map((option) => html`<option ?selected=${option === field.value}>${option}</option>`)}
        </select>`;
      case 'switch':
        return html`<input id=${id} type="checkbox" .checked=${field.value === true} aria-describedby=${about} aria-invalid=${invalid} @change=${set} />`;
      case 'json':
        return html`<textarea id=${id} rows="2" class="mono" spellcheck="false" .value=${typeof field.value === 'string' ? field.value : JSON.stringify(field.value ?? {})} aria-describedby=${about} aria-invalid=${invalid} @input=${set}></textarea>`;
      default:
        return html`<input id=${id} .value=${String(field.value ?? '')} inputmode=${field.kind === 'number' ? 'decimal' : 'text'} autocomplete="off" spellcheck="false" aria-describedby=${about} aria-invalid=${invalid} @input=${set} />`;
    }
  }

  #field(field) {
    if (field.kind === 'group') {
      return html`<fieldset><legend>${field.name}</legend>${field.hint ? html`<div class="hint">${field.hint}</div>` : nothing}${field.fields.map((inner) => this.#field(inner))}</fieldset>`;
    }
    const id = `field${field.pointer.replaceAll('/', '-')}`;
    const wrong = errorsOf(field, this.errors);
    return html`<div>
      <label for=${id} class=${field.kind === 'switch' ? 'check' : ''}>${field.kind === 'switch' ? [this.#input(field, id, `${id}-about`, wrong.length), field.name] : [field.name, this.#input(field, id, `${id}-about`, wrong.length)]}</label>
      <div id="${id}-about">
        ${field.hint ? html`<div class="hint">${field.hint}</div>` : nothing}
        ${wrong.map((error) => html`<div class="wrong">✕ ${error.pointer === field.pointer ? '' : `${error.pointer.slice(field.pointer.length + 1)} `}${error.detail}</div>`)}
      </div>
    </div>`;
  }

  render() {
    if (!this.all) {
      return this.problem ? notice(this.problem) : html`<p class="quiet">Loading…</p>`;
    }
    return html`<form class="form" novalidate @submit=${(event) => this.#submit(event)}>
      ${this.all.map((field) => this.#field(field))}
      ${this.problem ? notice(this.problem) : nothing} ${this.outlook ? estimate(this.outlook) : nothing}
      <div><button type="submit" class="main-deed" ?disabled=${this.busy}>Train it</button></div>
    </form>`;
  }
}

function newKey() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
customElements.define('ty-clone-form', CloneForm);
