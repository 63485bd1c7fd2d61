import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { can, needsSignIn } from '../access.js';
import { newKey, part, read, submit } from '../api.js';
import { followRows } from '../job-updates.js';
import { announce, go } from '../router.js';
import { ago, percent, short } from '../format.js';
import { chip } from '../parts/chip.js';
import { meter } from '../parts/meter.js';

const SAMPLE = {
  dataset: 'MnistDataset',
  dataset_args: { image_size: [28, 28, 1] },
  model: 'DigitModel',
  network: 'lenet5',
  train_args: { batch_size: 32, epochs: 3 },
};

/** Getting started; later also running jobs and newest results. */
class Home extends Page {
  static properties = { jobs: { state: true }, models: { state: true }, copied: { state: true } };

  start() {
    this.addCleanup(followRows(() => this.jobs ?? [], () => this.requestUpdate(), this.scheduleLoad));
    this.every(10_000, () => this.requestUpdate()); // updates relative times
  }

  async load(signal) {
    if (!can('read')) {
      this.jobs = this.models = [];
      return;
    }
    const [running, newest, models] = await Promise.all([
      read('/api/v1/train?status=training_in_progress&limit=10', signal),
      read('/api/v1/train?limit=5', signal),
      read('/api/v1/models?order=newest&limit=5', signal),
    ]);
    const seen = new Set(running.jobs.map((job) => job.key));
    this.jobs = [...running.jobs, ...newest.jobs.filter((job) => !seen.has(job.key))];
    this.models = models.models;
  }

  #idempotencyKey = newKey();

  #train(click) {
    click.target.disabled = true;
    return this.runAction(async () => {
      const accepted = await submit(SAMPLE, this.#idempotencyKey);
      this.#idempotencyKey = newKey();
      await go(`/jobs/${accepted.key}`);
    }).finally(() => (click.target.disabled = false));
  }

  #curl() {
    const token = needsSignIn ? ` -H "Authorization: Bearer $TRAINYARD_TOKEN"` : '';
    return `curl -s ${location.origin}/api/v1/train${token} -H 'Content-Type: application/json' -d '${JSON.stringify(SAMPLE)}'`;
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#curl());
      this.copied = true;
      announce('Copied.');
    } catch {
      getSelection().selectAllChildren(this.querySelector('pre')); // if the clipboard is not available
      announce('Selected; copy it with the keyboard.');
    }
  }

  #trainCards() {
    return html`<section class="card">
        <h2>Train the sample</h2>
        <p>LeNet-5 on MNIST for three epochs, about a minute. You can watch it learn.</p>
        <button type="button" class="main-action" id="train-sample" @click=${(click) => this.#train(click)}>Train it</button>
      </section>
      <section class="card">
        <h2>Train your own</h2>
        <p>Choose the network and how it is trained. You see an estimate before it starts.</p>
        <a class="button main-action" id="new-job" href="/jobs/new">New training</a>
      </section>`;
  }

  #drawCard() {
    return html`<section class="card">
        <h2>Draw a digit</h2>
        <p>A model is ready from the first start. Draw, and it says what it sees.</p>
        <a class="button main-action" href="/draw">Draw</a>
      </section>`;
  }

  #shellCard() {
    return html`<section class="card">
        <h2>Or from a shell</h2>
        <pre tabindex="0" role="region" aria-label="curl command">${this.#curl()}</pre>
        <button type="button" @click=${() => this.#copy()}>${this.copied ? 'Copied' : 'Copy the curl command'}</button>
      </section>`;
  }

  #cards() {
    return html`<div class="cards">
      ${can('submit') ? this.#trainCards() : nothing} ${can('predict') ? this.#drawCard() : nothing} ${can('submit') ? this.#shellCard() : nothing}
    </div>`;
  }

  #now() {
    return html`<section>
      <h2>Jobs</h2>
      <div class="wide" tabindex="0" role="region" aria-label="Jobs"><table class="stack">
        <thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">Network</th><th scope="col">Since</th></tr></thead>
        <tbody>${this.jobs.map((job) => html`<tr>
          <td data-label="Job"><a href="/jobs/${job.key}"><code>${short(job.key)}</code></a></td>
          <td data-label="State">${chip(job.status)}</td>
          <td data-label="Progress">${meter(job)}</td>
          <td data-label="Network">${job.config?.network}</td>
          <td data-label="Since">${ago(job.created_at)}</td>
        </tr>`)}</tbody>
      </table></div>
      <p><a href="/jobs">All jobs</a></p>
    </section>`;
  }

  #newest() {
    return html`<section>
      <h2>Newest models</h2>
      <div class="cards">${this.models.map((model) => html`<article class="card">
        <h3><a href="/models/${part(model.name)}?version=${model.version}">${model.name} ${model.version}</a></h3>
        <p>${model.active ? chip('production', 'production') : nothing} ${percent(model.metrics?.test?.accuracy)} of the test images right</p>
        <p class="quiet">${ago(model.created_at)}</p>
      </article>`)}</div>
    </section>`;
  }

  render() {
    const started = this.jobs?.length > 0;
    return html`<h1>${started ? 'Overview' : 'Welcome to Trainyard'}</h1>
      ${this.problemNotice()}
      ${started ? html`${this.#now()}${this.#newest()}${can('predict') || can('submit') ? html`<h2>What to do next</h2>` : nothing}` : nothing}
      ${this.jobs || this.problem ? this.#cards() : html`<p class="quiet">Loading…</p>`}`;
  }
}
customElements.define('ty-home', Home);
