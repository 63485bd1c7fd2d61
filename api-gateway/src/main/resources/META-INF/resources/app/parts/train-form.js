import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { newKey, send, submit } from '../api.js';
import { configuration } from '../configuration.js';
import { all, errorsOf, networkTitles, shownFields, submitFields } from '../schema.js';
import { fieldOf } from './field.js';
import { notice } from './notice.js';
import { estimate } from './estimate.js';

const DEBOUNCE = 400;
const RETRY = 2_000;
/** MNIST images have only one size. */
const LEFT_OUT = ['dataset_args'];
const FIRST = ['epochs', 'batch_size', 'learning_rate', 'optimizer'];
const DRY_RUN = '/api/v1/train?dry_run=true';

/**
 * A form for a training configuration, generated from the OpenAPI description. It shows the server's errors at the
 * fields.
 */
class TrainForm extends LightElement {
  static properties = {
    api: { attribute: false },
    config: { attribute: false },
    errors: { state: true },
    problem: { state: true },
    plan: { state: true },
    outdated: { state: true },
    noPlan: { state: true },
    submitting: { state: true },
    waiting: { state: true },
  };

  /** Idempotency key of the configuration, so that repeated submits create one job. */
  #key = newKey();
  #timer;
  #dryRun = new AbortController();
  #stopped = false;

  constructor() {
    super();
    this.errors = [];
  }

  willUpdate(changed) {
    if (changed.has('config')) {
      this.fields = submitFields(this.api, this.config).filter((field) => !LEFT_OUT.includes(field.name));
      this.titles = networkTitles(this.fields);
      this.#estimateSoon(0);
    }
  }

  /** Fields with errors are never hidden; settings that the user opened stay open. */
  updated() {
    this.querySelector('details [aria-invalid="true"]')?.closest('details').setAttribute('open', '');
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#dryRun.abort();
    this.#stopped = true;
  }

  #change = (field, value) => {
    all(this.fields).find((one) => one.pointer === field.pointer).value = value;
    this.#key = newKey();
    this.requestUpdate();
    this.#estimateSoon(DEBOUNCE);
  };

  /** Drops the answer for the previous input. */
  #estimateSoon(delay) {
    clearTimeout(this.#timer);
    this.#dryRun.abort();
    this.outdated = true;
    this.#timer = setTimeout(() => this.#estimate(), delay);
  }

  async #estimate() {
    const config = this.#read();
    if (!config) {
      return;
    }
    this.#dryRun = new AbortController();
    const { signal } = this.#dryRun;
    try {
      const plan = await send('POST', DRY_RUN, config, {}, signal);
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
        this.noPlan = e; // not an error in the configuration
        this.#timer = setTimeout(() => this.#estimate(), RETRY);
      }
    }
  }

  /** Null if a field is not valid JSON; that field then shows an error. */
  #read() {
    const wrong = [];
    const config = configuration(shownFields(this.fields), wrong);
    if (wrong.length) {
      this.errors = wrong;
      this.plan = null;
      return null;
    }
    return config;
  }

  /** Shows errors at their fields, and other errors above the button. */
  #show(problem) {
    this.plan = this.noPlan = null;
    this.errors = problem.errors;
    const placed = all(shownFields(this.fields)).flatMap((field) => errorsOf(field, this.errors));
    const rest = this.errors.filter((error) => !placed.includes(error));
    this.problem = rest.length || !this.errors.length || problem.more ? Object.assign(problem, { errors: rest }) : null;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.submitting) {
      return; // a double click
    }
    const config = this.#read();
    if (!config) {
      this.#focusFirstWrong();
      return;
    }
    clearTimeout(this.#timer);
    this.#dryRun.abort();
    this.submitting = true;
    this.#stopped = false;
    try {
      const accepted = await this.#submitUntilAnswered(config);
      if (this.isConnected) { // a user who has left the page stays on the other one
        this.dispatchEvent(new CustomEvent('submitted', { detail: accepted }));
      }
    } catch (e) {
      this.#show(e);
      this.#focusFirstWrong();
    } finally {
      this.submitting = false;
      this.waiting = null;
    }
  }

  /** An unreachable gateway may have accepted the job already; with the same key it stays one job. */
  async #submitUntilAnswered(config) {
    while (true) {
      try {
        return await submit(config, this.#key);
      } catch (e) {
        if (this.#stopped || (e.status !== 0 && e.status !== 503)) {
          throw e;
        }
        this.waiting = e;
      }
      await new Promise((done) => setTimeout(done, RETRY));
    }
  }

  async #focusFirstWrong() {
    await this.updateComplete;
    const first = this.querySelector('[aria-invalid="true"]');
    first?.focus();
  }

  #groups() {
    const shown = shownFields(this.fields);
    const named = (name) => shown.find((field) => field.name === name);
    const training = named('train_args').fields;
    const first = training.filter((field) => FIRST.includes(field.name)).sort((a, b) => FIRST.indexOf(a.name) - FIRST.indexOf(b.name));
    const others = shown.filter((field) => !['network', 'network_args', 'train_args'].includes(field.name));
    return {
      network: [named('network'), named('network_args')],
      training: [{ ...named('train_args'), fields: first }],
      more: [...training.filter((field) => !FIRST.includes(field.name)), ...others],
    };
  }

  #outlook() {
    if (this.plan) {
      return estimate(this.plan, this.outdated);
    }
    return this.noPlan ? html`<p class="quiet" role="status">No estimate at the moment: ${this.noPlan.message}</p>` : nothing;
  }

  #trying() {
    if (!this.submitting) {
      return nothing;
    }
    return html`<div class="notice" role="status" id="trying">${this.waiting ? html`${this.waiting.message} The job is submitted again every ${RETRY / 1000} s until it is accepted; it stays one job.` : 'Submitting…'}
      ${this.waiting ? html`<div><button type="button" id="stop" @click=${() => (this.#stopped = true)}>Stop trying</button></div>` : nothing}</div>`;
  }

  #count() {
    const count = this.errors.length;
    return count ? html`<p class="wrong" role="alert" id="corrections">${count === 1 ? 'One value needs' : `${count} values need`} a correction.</p>` : nothing;
  }

  render() {
    const part = (some) => some.map((field) => fieldOf(field, this.errors, this.titles, this.#change));
    const groups = this.#groups();
    return html`<form class="form train-form" novalidate aria-busy=${this.submitting ? 'true' : 'false'} @submit=${(event) => this.#submit(event)}>
      <div class="settings">
        <fieldset ?disabled=${this.submitting}><legend>Network</legend>${part(groups.network)}</fieldset>
        <fieldset ?disabled=${this.submitting}><legend>Training</legend>${part(groups.training)}</fieldset>
        <details><summary>More settings</summary><fieldset ?disabled=${this.submitting}><legend class="unseen">More settings</legend>${part(groups.more)}</fieldset></details>
      </div>
      <div class="outcome">
        ${this.problem ? notice(this.problem) : nothing} ${this.#outlook()} ${this.#count()} ${this.#trying()}
        <button type="submit" class="main-action" aria-disabled=${this.submitting ? 'true' : 'false'}>Start training</button>
      </div>
    </form>`;
  }
}
customElements.define('ty-train-form', TrainForm);
