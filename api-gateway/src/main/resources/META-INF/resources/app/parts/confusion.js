import { html, nothing } from 'lit';
import { LightElement } from '../page.js';
import { announce } from '../router.js';

/**
 * Confusion matrix of the test split. `confusion` is { counts: [label][prediction], examples: [{ label, prediction, image,
 * probability }], images }; `images` is the address of one PNG with all examples stacked vertically.
 */
class Confusion extends LightElement {
  static properties = { confusion: { attribute: false }, images: {}, chosen: { state: true } };

  #choose(label, prediction) {
    this.chosen = { label, prediction };
    announce(`${this.confusion.counts[label][prediction]} images of digit ${label} predicted as ${prediction}.`);
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

  #image(example, index) {
    const name = `Test image ${example.image}: a ${example.label} taken for a ${example.prediction}`;
    return html`<li>
      <div class="digit" role="img" aria-label=${name} style="background-image:url(${this.images});background-size:56px ${this.confusion.examples.length * 56}px;background-position:0 -${index * 56}px"></div>
      <span class="quiet">no. ${example.image}</span>
    </li>`;
  }

  #mistakes() {
    if (!this.chosen) {
      return html`<p class="quiet">Select a count outside the diagonal to see those digits.</p>`;
    }
    const { label, prediction } = this.chosen;
    if (!this.images) {
      return html`<p class="quiet">There are no images of the mistakes.</p>`;
    }
    const shown = this.confusion.examples.map((example, index) => ({ example, index })).filter(({ example }) => example.label === label && example.prediction === prediction);
    return html`<h3>${label} taken for ${prediction}: ${this.confusion.counts[label][prediction]}</h3>
      <ul class="mistakes">${shown.map(({ example, index }) => this.#image(example, index))}</ul>
      ${shown.length < this.confusion.counts[label][prediction] ? html`<p class="quiet">The ${shown.length} with the highest probability are shown.</p>` : nothing}`;
  }

  render() {
    const digits = this.confusion.counts.map((_, digit) => digit);
    return html`<div class="wide" tabindex="0" role="region" aria-label="Confusion matrix"><table class="confusion">
        <caption>Number of test images by their true and their predicted digit</caption>
        <thead>
          <tr><td class="corner" colspan="2" rowspan="2"></td><th scope="colgroup" colspan=${digits.length} class="axis">Predicted digit</th></tr>
          <tr>${digits.map((digit) => html`<th scope="col">${digit}</th>`)}</tr>
        </thead>
        <tbody>${digits.map((label) => html`<tr>${label === 0 ? html`<th scope="rowgroup" rowspan=${digits.length} class="axis"><span>True digit</span></th>` : nothing}<th scope="row">${label}</th>${digits.map((prediction) => this.#cell(label, prediction))}</tr>`)}</tbody>
      </table></div>
      <div aria-live="polite">${this.#mistakes()}</div>`;
  }
}
customElements.define('ty-confusion', Confusion);
