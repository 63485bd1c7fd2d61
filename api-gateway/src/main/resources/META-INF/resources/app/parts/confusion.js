import { html, nothing } from 'lit';
import { Plain } from '../page.js';
import { say } from '../router.js';

/**
 * What the model took each digit of the test split for. `confusion` is { counts: [label][prediction], examples:
 * [{ label, prediction, image, probability }], pictures }; `pictures` is where one PNG with all examples, one below the
 * other, comes from.
 */
class Confusion extends Plain {
  static properties = { confusion: { attribute: false }, pictures: {}, chosen: { state: true } };

  #choose(label, prediction) {
    this.chosen = { label, prediction };
    say(`${this.confusion.counts[label][prediction]} of digit ${label} taken for ${prediction}.`);
  }

  #cell(label, prediction) {
    const count = this.confusion.counts[label][prediction];
    if (label === prediction) {
      return html`<td><div class="right-one">${count}</div></td>`;
    }
    if (count === 0) {
      return html`<td><span class="quiet" aria-hidden="true">·</span><span class="unseen">0</span></td>`;
    }
    const pressed = this.chosen?.label === label && this.chosen?.prediction === prediction;
    return html`<td><button type="button" aria-pressed=${pressed ? 'true' : 'false'} aria-label="${count} of digit ${label} taken for ${prediction}" @click=${() => this.#choose(label, prediction)}>${count}</button></td>`;
  }

  #picture(example, index) {
    const name = `Test image ${example.image}: a ${example.label} taken for a ${example.prediction}`;
    return html`<li>
      <div class="digit" role="img" aria-label=${name} style="background-image:url(${this.pictures});background-size:56px ${this.confusion.examples.length * 56}px;background-position:0 -${index * 56}px"></div>
      <span class="quiet">no. ${example.image}</span>
    </li>`;
  }

  #mistakes() {
    if (!this.chosen) {
      return html`<p class="quiet">Choose a count beside the diagonal to see those digits.</p>`;
    }
    const { label, prediction } = this.chosen;
    if (!this.pictures) {
      return html`<p class="quiet">No pictures of the mistakes were kept.</p>`;
    }
    const shown = this.confusion.examples.map((example, index) => ({ example, index })).filter(({ example }) => example.label === label && example.prediction === prediction);
    return html`<h3>${label} taken for ${prediction}: ${this.confusion.counts[label][prediction]}</h3>
      <ul class="mistakes">${shown.map(({ example, index }) => this.#picture(example, index))}</ul>
      ${shown.length < this.confusion.counts[label][prediction] ? html`<p class="quiet">The ${shown.length} that it was surest of are kept.</p>` : nothing}`;
  }

  render() {
    const digits = this.confusion.counts.map((_, digit) => digit);
    return html`<div class="wide" tabindex="0" role="region" aria-label="Confusion matrix"><table class="confusion">
        <caption>Rows are what it was, columns what the model said; over the test split</caption>
        <thead><tr><td></td>${digits.map((digit) => html`<th scope="col">${digit}</th>`)}</tr></thead>
        <tbody>${digits.map((label) => html`<tr><th scope="row">${label}</th>${digits.map((prediction) => this.#cell(label, prediction))}</tr>`)}</tbody>
      </table></div>
      <div aria-live="polite">${this.#mistakes()}</div>`;
  }
}
customElements.define('ty-confusion', Confusion);
