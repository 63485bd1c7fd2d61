import { html } from 'lit';
import { percent } from '../format.js';

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** Bars for the probabilities of the ten digits; null if there are none yet. */
export function bars(probabilities) {
  const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
  return html`<div role="group" aria-label="Probability of each digit"><dl class="bars">
    ${DIGITS.map((digit) => html`<div class=${digit === best ? 'best' : ''}>
      <dt>${digit}</dt>
      <dd class="rail" aria-hidden="true"><span style="width:${((probabilities?.[digit] ?? 0) * 100).toFixed(1)}%"></span></dd>
      <dd class="right">${probabilities ? percent(probabilities[digit], 1) : '–'}</dd>
    </div>`)}
  </dl></div>`;
}
