import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { read } from '../api.js';
import { number, percent } from '../format.js';
import { throttled } from '../job-updates.js';
import { parametersOf, studyPath } from '../study-view.js';

const LEAST_RESULTS = 4;
const PAUSE = 10_000;

/** Shares of the variance of the results that parameters explain; `results` is how many there are. */
class Importance extends LightElement {
  static properties = { study: { attribute: false }, results: { type: Number }, importance: { state: true }, reason: { state: true } };

  #abort = new AbortController();
  #load = throttled(() => this.#read(), PAUSE);

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#abort.abort();
    this.#load.stop();
  }

  updated(changed) {
    if (changed.has('results') && this.results >= LEAST_RESULTS) {
      this.#load();
    }
  }

  async #read() {
    try {
      this.importance = await read(studyPath(this.study.id, '/importance'), this.#abort.signal);
      this.reason = null;
    } catch (e) {
      this.reason = e.message; // it is computed again with the next results
    }
  }

  #bars() {
    const names = new Map(parametersOf(this.study).map((one) => [one.pointer, one.name]));
    const { parameters, epoch, trials } = this.importance;
    return html`<dl class="bars">${parameters.map(({ parameter, share }) => html`<div>
        <dt title=${parameter}>${names.get(parameter) ?? parameter}</dt>
        <dd class="rail" aria-hidden="true"><span style="width:${(share * 100).toFixed(1)}%"></span></dd>
        <dd class="right">${percent(share, 1)}</dd>
      </div>`)}</dl>
      <p class="quiet">Share of the variance that each parameter explains by itself, from ${number(trials)} results ${epoch == null ? 'of completed trials' : `after epoch ${epoch}`}.${parameters.length < names.size ? ' Parameters with a condition are left out.' : ''}</p>`;
  }

  render() {
    const none = this.results < LEAST_RESULTS ? `At least ${LEAST_RESULTS} different results are needed; there are ${this.results}.` : (this.reason ?? 'Not computed yet.');
    return html`<figure id="importance"><figcaption>Importance of parameters</figcaption>${this.importance ? this.#bars() : html`<p class="no-chart">${none}</p>`}${this.importance && this.reason ? html`<p class="quiet">${this.reason}</p>` : nothing}</figure>`;
  }
}
customElements.define('ty-importance', Importance);
