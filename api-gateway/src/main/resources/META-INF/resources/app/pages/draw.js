import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Page } from '../page.js';
import { ask, read } from '../api.js';
import { calmly, onNews } from '../live.js';
import { percent } from '../format.js';
import { bars } from '../parts/bars.js';
import { notice } from '../parts/notice.js';
import '../parts/pad.js';

const PNG = { 'Content-Type': 'image/png' };
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** Draw, and see what the model makes of it while the pen still moves. */
class Draw extends Page {
  static properties = { answer: { state: true }, seen: { state: true }, refusal: { state: true }, versions: { state: true }, version: { state: true } };

  #soonAsk = calmly(() => this.#askSheet(), 120);
  #asking = false;
  #again = null;
  /** Rises when the sheet is emptied: an answer that comes later is about nothing that is there. */
  #sheets = 0;
  /** The picture that the sheet shows but that was not drawn on it. */
  #given = null;

  begin() {
    this.until(onNews((news) => (news?.model || (news === null && !this.versions)) && this.soon()));
    this.until(this.#soonAsk.stop);
    this.until(() => URL.revokeObjectURL(this.seen));
  }

  async load(signal) {
    this.versions = (await read('/api/v1/models?name=DigitModel&limit=20', signal)).models;
  }

  #pad() {
    return this.querySelector('ty-pad');
  }

  #drawn() {
    this.#given = null;
    if (this.#pad().isEmpty) {
      this.#forget();
    } else {
      this.#soonAsk();
    }
  }

  async #askSheet() {
    if (!this.#pad().isEmpty) {
      await this.#ask(this.#given ?? (await this.#pad().picture()));
    }
  }

  #forget() {
    this.#sheets++;
    this.#again = null;
    this.answer = null;
    this.refusal = null;
    this.#see(null);
  }

  #see(picture) {
    URL.revokeObjectURL(this.seen);
    this.seen = picture && URL.createObjectURL(picture);
  }

  /** One question at a time; of those that come meanwhile the newest is asked next. */
  async #ask(png) {
    if (this.#asking) {
      this.#again = png;
      return;
    }
    this.#asking = true;
    const sheet = this.#sheets;
    const version = this.version ? `?version=${this.version}` : '';
    const post = (path) => ask(path, { method: 'POST', headers: PNG, body: png, signal: this.abort.signal });
    try {
      const [answer, seen] = await Promise.all([
        post(`/api/v1/predict${version}`).then((found) => found.json()),
        post('/api/v1/predict/preview').then((found) => found.blob()),
      ]);
      if (sheet === this.#sheets) {
        this.answer = answer;
        this.refusal = null;
        this.#see(seen);
      }
    } catch (e) {
      if (e.name !== 'AbortError' && sheet === this.#sheets) {
        this.answer = null;
        this.refusal = e;
        this.#see(null);
      }
    } finally {
      this.#asking = false;
    }
    const next = this.#again;
    this.#again = null;
    if (next && this.isConnected) {
      await this.#ask(next);
    }
  }

  #sample(digit) {
    return this.attempt(async () => this.#use(await (await ask(`/samples/${digit}.png`)).blob()));
  }

  async #upload(change) {
    const [file] = change.target.files;
    change.target.value = ''; // the same file may be chosen again
    if (file) {
      await this.#use(file);
    }
  }

  /** The picture goes as it is; what the sheet shows of it is for the eye. */
  async #use(blob) {
    this.#soonAsk.stop();
    await this.#pad().show(blob);
    this.#given = blob;
    await this.#ask(blob);
  }

  #verdict() {
    if (this.refusal) {
      return notice(this.refusal);
    }
    if (!this.answer) {
      return html`<p class="quiet">Draw a digit, choose a sample, or upload a PNG.</p>`;
    }
    const { answer } = this;
    if (answer.prediction == null) {
      return html`<div class="notice" id="outlier"><strong>This looks like no digit.</strong> ${answer.best_guess ? html`If it were one, it would be a ${answer.best_guess.prediction}.` : nothing}
        <div class="quiet">It scores ${answer.outlier.score.toFixed(2)}; up to ${answer.outlier.threshold.toFixed(2)} is accepted.</div></div>`;
    }
    const others = (answer.prediction_set ?? []).filter((digit) => digit !== answer.prediction);
    return html`<p id="verdict">It is a <strong>${answer.prediction}</strong><span class="unseen">, </span><span class="sure">${percent(answer.probability, 1)}</span></p>
      ${others.length ? html`<p>It may also be ${others.join(' or ')}.</p>` : nothing}`;
  }

  /** The newest, and the one that is asked also where newer ones pushed it out. */
  #choices() {
    const newest = (this.versions ?? []).map((model) => String(model.version));
    return !this.version || newest.includes(this.version) ? newest : [...newest, this.version];
  }

  #choose(change) {
    this.version = change.target.value;
    if (!this.#pad().isEmpty) {
      this.#soonAsk();
    }
  }

  render() {
    return html`<h1>Draw a digit</h1>
      ${this.trouble()}
      <div class="draw">
        <ty-pad @drawn=${() => this.#drawn()}></ty-pad>
        <div class="verdict" role="status">${this.#verdict()}</div>
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
          <h2>What the model saw</h2>
          ${this.seen ? html`<img class="seen" id="seen" src=${this.seen} alt="The picture brought to 28 by 28, a light digit on black" />` : html`<p class="quiet">Nothing yet.</p>`}
          <label class="row asked">Model version
            <select id="version" @change=${(change) => this.#choose(change)}>
              <option value="" .selected=${!this.version}>the one in production</option>
              ${repeat(this.#choices(), (version) => version, (version) => html`<option value=${version} .selected=${version === this.version}>version ${version}</option>`)}
            </select>
          </label>
          ${this.answer ? html`<p class="quiet">Answered by ${this.answer.model.name} ${this.answer.model.version}.</p>` : nothing}
        </div>
      </div>`;
  }
}
customElements.define('ty-draw', Draw);
