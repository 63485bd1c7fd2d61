import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { newKey, send } from '../api.js';
import { configuration } from '../configuration.js';
import { all, errorsOf, networkTitles, shownFields } from '../schema.js';
import { STUDIES, baseFields, chosenFields, parameterFields, parameterOf, spaceOf, studyFields } from '../study-fields.js';
import { fieldOf } from './field.js';
import { notice } from './notice.js';
import { studyEstimate } from './study-estimate.js';
import './space-editor.js';

const DEBOUNCE = 400;
const RETRY = 2_000;
const FIRST = ['epochs', 'batch_size', 'learning_rate', 'optimizer'];
const MAIN = ['name', 'objective', 'publish'];
const SEARCH = ['limits', 'sampler', 'pruner'];

/** A form for a study, generated from the OpenAPI description and filled from `request`; sends `submitted` with the study. */
class StudyForm extends LightElement {
  static properties = { api: { attribute: false }, request: { attribute: false }, parameters: { state: true }, errors: { state: true }, problem: { state: true }, plan: { state: true }, outdated: { state: true }, noPlan: { state: true }, submitting: { state: true } };

  /** Idempotency key of the request, so that repeated submits create one study. */
  #key = newKey();
  #timer;
  #dryRun = new AbortController();

  constructor() {
    super();
    this.errors = [];
  }

  willUpdate(changed) {
    if (changed.has('request')) {
      this.base = baseFields(this.api, this.request.base);
      this.fields = studyFields(this.api, this.request);
      this.parameters = Object.entries(this.request.space ?? {}).map(([pointer, one]) => parameterOf(this.base, pointer, one));
      this.titles = networkTitles(this.base);
      this.#changed(0);
    }
  }

  /** Fields with errors are never hidden. */
  updated() {
    this.querySelectorAll('details [aria-invalid="true"]').forEach((field) => field.closest('details').setAttribute('open', ''));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#dryRun.abort();
  }

  #change = (field, value) => {
    all([...this.base, ...this.fields]).find((one) => one.pointer === field.pointer).value = value;
    this.requestUpdate();
    this.#changed();
  };

  /** Drops the answer for the previous input. */
  #changed(delay = DEBOUNCE) {
    this.#key = newKey();
    this.outdated = true;
    this.#dryRun.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#estimate(), delay);
  }

  #shown() {
    return this.fields.map((field) => (field.name === 'sampler' || field.name === 'pruner' ? chosenFields(field) : field));
  }

  /** The request; null if a field is not valid JSON, which then shows an error. */
  #read() {
    const wrong = [];
    const request = { ...configuration(this.#shown(), wrong), base: configuration(shownFields(this.base), wrong), space: spaceOf(this.parameters, wrong) };
    if (wrong.length) {
      this.errors = wrong;
      this.plan = null;
    }
    return wrong.length ? null : request;
  }

  async #estimate() {
    const request = this.#read();
    if (!request) {
      return;
    }
    this.#dryRun = new AbortController();
    const { signal } = this.#dryRun;
    try {
      const plan = await send('POST', `${STUDIES}?dry_run=true`, request, {}, signal);
      if (!signal.aborted) {
        this.plan = plan;
        this.outdated = false;
        this.errors = [];
        this.problem = this.noPlan = null;
      }
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.status === 422) {
        this.#show(e);
      } else {
        this.plan = null;
        this.noPlan = e; // not an error in the request
        this.#timer = setTimeout(() => this.#estimate(), RETRY);
      }
    }
  }

  /** Shows errors at their fields, and other errors above the button. */
  #show(problem) {
    this.plan = this.noPlan = null;
    this.errors = problem.errors;
    const groups = this.parameters.map(({ at }) => ({ pointer: at, kind: 'group' }));
    const types = this.parameters.map(({ at }) => ({ pointer: `${at}/type`, kind: 'choice' }));
    const shown = [...all(shownFields(this.base)), ...all(this.#shown()), ...this.parameters.flatMap(parameterFields), ...groups, ...types, { pointer: '/space', kind: 'group' }];
    const placed = shown.flatMap((field) => errorsOf(field, this.errors));
    const rest = this.errors.filter((error) => !placed.includes(error));
    this.problem = rest.length || !this.errors.length || problem.more ? Object.assign(problem, { errors: rest }) : null;
  }

  async #submit(event) {
    event.preventDefault();
    const request = this.submitting ? null : this.#read();
    if (!request) {
      return;
    }
    clearTimeout(this.#timer);
    this.#dryRun.abort();
    this.submitting = true;
    try {
      const study = await send('POST', STUDIES, request, { 'Idempotency-Key': this.#key });
      if (this.isConnected) { // a user who has left the page stays on the other one
        this.dispatchEvent(new CustomEvent('submitted', { detail: study }));
      }
    } catch (e) {
      this.#show(e);
      await this.updateComplete;
      this.querySelector('[aria-invalid="true"]')?.focus();
    } finally {
      this.submitting = false;
    }
  }

  #part = (some) => some.map((field) => fieldOf(field, this.errors, this.titles, this.#change));

  #settings() {
    const base = shownFields(this.base).map((field) => this.#marked(field));
    const named = (name) => base.find((field) => field.name === name);
    const training = named('train_args');
    const first = (field) => FIRST.includes(field.name);
    const others = base.filter((field) => !['network', 'network_args', 'train_args'].includes(field.name));
    const shown = this.#shown();
    const of = (names) => names.map((name) => shown.find((field) => field.name === name));
    const set = (legend, content) => html`<fieldset ?disabled=${this.submitting}><legend>${legend}</legend>${content}</fieldset>`;
    return html`${set('Study', this.#part(of(MAIN)))}
      ${set('Configuration of a trial', html`${this.#part([named('network'), named('network_args'), { ...training, fields: training.fields.filter(first) }])}
        <details><summary>More settings of a trial</summary><div class="form">${this.#part([...training.fields.filter((field) => !first(field)), ...others])}</div></details>`)}
      ${set('Parameters', html`<ty-space .base=${this.base} .parameters=${this.parameters} .errors=${this.errors} @changed=${() => this.#changed()} @listed=${(event) => this.#list(event.detail)}></ty-space>`)}
      ${of(SEARCH).map((group) => set(group.label, html`<div class="inline">${this.#part([group])}</div>`))}
      <details><summary>More settings of the study</summary>${set('More settings', this.#part(shown.filter((field) => ![...MAIN, ...SEARCH].includes(field.name))))}</details>`;
  }

  /** Says of a varied field that its value is not used. */
  #marked(field) {
    if (field.kind === 'group') {
      return { ...field, fields: field.fields.map((inner) => this.#marked(inner)) };
    }
    const varied = this.parameters.some((one) => `/base${one.pointer}` === field.pointer);
    return varied ? { ...field, hint: 'Is varied; this value is not used', required: false } : field;
  }

  #list(parameters) {
    this.parameters = parameters;
    this.#changed();
  }

  #outlook() {
    const count = this.errors.length;
    if (count) {
      return html`<p class="wrong" role="alert" id="corrections">${count === 1 ? 'One value needs' : `${count} values need`} a correction.</p>`;
    }
    return this.plan ? studyEstimate(this.plan, this.outdated) : this.noPlan ? html`<p class="quiet" role="status">No estimate at the moment: ${this.noPlan.message}</p>` : nothing;
  }

  render() {
    return html`<form class="form train-form" novalidate aria-busy=${this.submitting ? 'true' : 'false'} @submit=${(event) => this.#submit(event)}>
      <div class="settings">${this.#settings()}</div>
      <div class="outcome">${this.problem ? notice(this.problem) : nothing} ${this.#outlook()}
        <button type="submit" class="main-action" aria-disabled=${this.submitting ? 'true' : 'false'}>Begin the study</button>
      </div>
    </form>`;
  }
}
customElements.define('ty-study-form', StudyForm);
