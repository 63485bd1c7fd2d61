import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Page } from '../page.js';
import { can } from '../access.js';
import { read, request } from '../api.js';
import { onJobUpdate, throttled } from '../job-updates.js';
import { percent } from '../format.js';
import { bars } from '../parts/bars.js';
import { notice } from '../parts/notice.js';
import '../parts/drawing-pad.js';

const PNG = { 'Content-Type': 'image/png' };
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** Predicts the drawn digit while the user draws. */
class Draw extends Page {
  static properties = { answer: { state: true }, seen: { state: true }, refusal: { state: true }, versions: { state: true }, version: { state: true } };

  #schedulePrediction = throttled(() => this.#predictDrawing(), 120);
  #predicting = false;
  #nextImage = null;
  /** Incremented when the pad is cleared, so that later responses are dropped. */
  #generation = 0;
  /** An uploaded or sample image; null if it was drawn. */
  #loadedImage = null;

  start() {
    this.addCleanup(onJobUpdate((update) => (update?.model || (update === null && !this.versions)) && this.scheduleLoad()));
    this.addCleanup(this.#schedulePrediction.stop);
    this.addCleanup(() => URL.revokeObjectURL(this.seen));
  }

  async load(signal) {
    if (!can('read')) {
      return; // the version in production is the only choice
    }
    this.versions = (await read('/api/v1/models?name=DigitModel&limit=20', signal)).models;
  }

  #pad() {
    return this.querySelector('ty-pad');
  }

  #drawn() {
    this.#loadedImage = null;
    if (this.#pad().isEmpty) {
      this.#reset();
    } else {
      this.#schedulePrediction();
    }
  }

  async #predictDrawing() {
    if (!this.#pad().isEmpty) {
      await this.#predict(this.#loadedImage ?? (await this.#pad().image()));
    }
  }

  #reset() {
    this.#generation++;
    this.#nextImage = null;
    this.answer = null;
    this.refusal = null;
    this.#showPreview(null);
  }

  #showPreview(image) {
    URL.revokeObjectURL(this.seen);
    this.seen = image && URL.createObjectURL(image);
  }

  /** Sends one request at a time; the newest image that arrives meanwhile is sent next. */
  async #predict(png) {
    if (this.#predicting) {
      this.#nextImage = png;
      return;
    }
    this.#predicting = true;
    const generation = this.#generation;
    const version = this.version ? `?version=${this.version}` : '';
    const post = (path) => request(path, { method: 'POST', headers: PNG, body: png, signal: this.abort.signal });
    try {
      const [answer, seen] = await Promise.all([
        post(`/api/v1/predict${version}`).then((found) => found.json()),
        post('/api/v1/predict/preview').then((found) => found.blob()),
      ]);
      if (generation === this.#generation) {
        this.answer = answer;
        this.refusal = null;
        this.#showPreview(seen);
      }
    } catch (e) {
      if (e.name !== 'AbortError' && generation === this.#generation) {
        this.answer = null;
        this.refusal = e;
        this.#showPreview(null);
      }
    } finally {
      this.#predicting = false;
    }
    const next = this.#nextImage;
    this.#nextImage = null;
    if (next && this.isConnected) {
      await this.#predict(next);
    }
  }

  #sample(digit) {
    return this.runAction(async () => this.#use(await (await request(`/samples/${digit}.png`)).blob()));
  }

  async #upload(change) {
    const [file] = change.target.files;
    change.target.value = ''; // so that the same file can be selected again
    if (file) {
      await this.#use(file);
    }
  }

  /** Sends the original image; the pad only displays it. */
  async #use(blob) {
    this.#schedulePrediction.stop();
    await this.#pad().show(blob);
    this.#loadedImage = blob;
    await this.#predict(blob);
  }

  #result() {
    if (this.refusal) {
      return notice(this.refusal);
    }
    if (!this.answer) {
      return html`<p class="quiet">Draw a digit, choose a sample, or upload a PNG.</p>`;
    }
    const { answer } = this;
    if (answer.prediction == null) {
      return html`<div class="notice" id="outlier"><strong>This does not look like a digit.</strong> ${answer.best_guess ? html`If it were one, it would be a ${answer.best_guess.prediction}.` : nothing}
        <div class="quiet">It scores ${answer.outlier.score.toFixed(2)}; up to ${answer.outlier.threshold.toFixed(2)} is accepted.</div></div>`;
    }
    const others = (answer.prediction_set ?? []).filter((digit) => digit !== answer.prediction);
    return html`<p id="verdict">It is a <strong>${answer.prediction}</strong><span class="unseen">, </span><span class="sure">${percent(answer.probability, 1)}</span></p>
      ${others.length ? html`<p>It may also be ${others.join(' or ')}.</p>` : nothing}`;
  }

  /** The newest versions, and the selected one even if it is not among them. */
  #choices() {
    const newest = (this.versions ?? []).map((model) => String(model.version));
    return !this.version || newest.includes(this.version) ? newest : [...newest, this.version];
  }

  #choose(change) {
    this.version = change.target.value;
    if (!this.#pad().isEmpty) {
      this.#schedulePrediction();
    }
  }

  render() {
    return html`<h1>Draw a digit</h1>
      ${this.problemNotice()}
      <div class="draw">
        <ty-pad @drawn=${() => this.#drawn()}></ty-pad>
        <div class="verdict" role="status">${this.#result()}</div>
        <div class="tools row">
          <button type="button" id="undo" @click=${() => this.#pad().undo()}>Undo</button>
          <button type="button" id="clear" @click=${() => this.#pad().clear()}>Clear</button>
          <label class="button">Upload a PNG<input class="unseen" type="file" accept="image/png" @change=${(change) => this.#upload(change)} /></label>
        </div>
        <div class="samples">
          <h2>Sample digits</h2>
          <ul class="digits">${DIGITS.map((digit) => html`<li><button type="button" data-digit=${digit} aria-label="Sample ${digit}" @click=${() => this.#sample(digit)}><img src="/samples/${digit}.png" alt="" loading="lazy" /></button></li>`)}</ul>
        </div>
        <div class="answer">
          ${bars(this.answer?.probabilities)}
          <h2>Model input</h2>
          ${this.seen ? html`<img class="seen" id="seen" src=${this.seen} alt="The image scaled to 28 by 28 pixels, a light digit on black" />` : html`<p class="quiet">Nothing yet.</p>`}
          <label class="row asked">Model version
            <select id="version" @change=${(change) => this.#choose(change)}>
              <option value="" .selected=${!this.version}>in production</option>
              ${repeat(this.#choices(), (version) => version, (version) => html`<option value=${version} .selected=${version === this.version}>version ${version}</option>`)}
            </select>
          </label>
          ${this.answer ? html`<p class="quiet">Predicted by ${this.answer.model.name} ${this.answer.model.version}.</p>` : nothing}
        </div>
      </div>`;
  }
}
customElements.define('ty-draw', Draw);
