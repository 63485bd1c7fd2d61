import { html, nothing } from 'lit';
import { Plain } from '../page.js';
import { newKey, send, submit } from '../api.js';
import { calmly } from '../live.js';
import { all, canTry, configuration, errorsOf, openApi, submitFields } from '../schema.js';
import { notice } from './notice.js';
import { estimate } from './estimate.js';

/** A form for a configuration, built from the API's own description, with the server's sentences at the fields. */
class CloneForm extends Plain {
  static properties = { config: { attribute: false }, fields: { state: true }, errors: { state: true }, problem: { state: true }, outlook: { state: true }, busy: { state: true } };

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
      this.fields = submitFields(api, this.config);
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

  /** Null where something is no JSON, which its field then says. */
  #read() {
    const wrong = [];
    const config = configuration(this.fields, wrong);
    if (wrong.length) {
      this.errors = wrong;
      this.outlook = null;
      return null;
    }
    return config;
  }

  #take(problem) {
    this.outlook = null;
    this.errors = problem.errors ?? [];
    const placed = all(this.fields).flatMap((field) => errorsOf(field, this.errors));
    const every = this.errors.length > 0 && this.errors.every((error) => placed.includes(error));
    this.problem = every ? null : problem;
  }

  async #tryOut() {
    const config = this.#read();
    const asked = this.#key;
    if (!config) {
      return;
    }
    try {
      const outlook = await send('POST', '/api/v1/train?dry_run=true', config);
      if (asked === this.#key) {
        this.outlook = outlook;
        this.errors = [];
        this.problem = null;
      }
    } catch (e) {
      if (asked === this.#key) {
        this.#take(e); // of what stands there now, not of what was typed over meanwhile
      }
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
        return html`<select id=${id} ?required=${field.required} aria-describedby=${about} aria-invalid=${invalid} @change=${set}>
          ${field.required && field.options.includes(field.value) ? nothing : html`<option value="" ?selected=${!field.options.includes(field.value)}>–</option>`}${field.options.map((option) => html`<option ?selected=${option === field.value}>${option}</option>`)}
        </select>`;
      case 'switch':
        return html`<input id=${id} type="checkbox" .checked=${field.value === true} aria-describedby=${about} aria-invalid=${invalid} @change=${set} />`;
      case 'json':
        return html`<textarea id=${id} rows="2" class="mono" spellcheck="false" ?required=${field.required} .value=${typeof field.value === 'string' ? field.value : JSON.stringify(field.value) ?? ''} aria-describedby=${about} aria-invalid=${invalid} @input=${set}></textarea>`;
      default:
        return html`<input id=${id} .value=${String(field.value ?? '')} inputmode=${field.kind === 'number' ? 'decimal' : 'text'} ?required=${field.required} autocomplete="off" spellcheck="false" aria-describedby=${about} aria-invalid=${invalid} @input=${set} />`;
    }
  }

  #field(field) {
    const id = `field${field.pointer.replaceAll('/', '-')}`;
    const wrong = errorsOf(field, this.errors);
    if (field.kind === 'group') {
      return html`<fieldset aria-describedby="${id}-about"><legend>${field.name}</legend>${this.#about(field, id, wrong)}${field.fields.map((inner) => this.#field(inner))}</fieldset>`;
    }
    return html`<div>
      <label for=${id} class=${field.kind === 'switch' ? 'check' : ''}>${field.kind === 'switch' ? [this.#input(field, id, `${id}-about`, wrong.length), field.name] : [field.name, this.#input(field, id, `${id}-about`, wrong.length)]}</label>
      ${this.#about(field, id, wrong)}
    </div>`;
  }

  #about(field, id, wrong) {
    return html`<div id="${id}-about">
      ${field.hint ? html`<div class="hint">${field.hint}</div>` : nothing}
      ${wrong.map((error) => html`<div class="wrong">✕ ${error.pointer === field.pointer ? '' : `${error.pointer.slice(field.pointer.length + 1)} `}${error.detail}</div>`)}
    </div>`;
  }

  render() {
    if (!this.fields) {
      return this.problem ? notice(this.problem) : html`<p class="quiet">Loading…</p>`;
    }
    return html`<form class="form" novalidate @submit=${(event) => this.#submit(event)}>
      ${this.fields.map((field) => this.#field(field))}
      ${this.problem ? notice(this.problem) : nothing} ${this.outlook ? estimate(this.outlook) : nothing}
      <div><button type="submit" class="main-deed" ?disabled=${this.busy}>Train it</button></div>
    </form>`;
  }
}
customElements.define('ty-clone-form', CloneForm);
