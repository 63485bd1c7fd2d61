import { html, svg } from 'lit';

const WIDTH = 120;
const HEIGHT = 28;
const EDGE = 3;

/**
 * A small curve without axes. `points` are [x, y]; points without a y break the line. `range` has the least and largest y and
 * the largest x, which are the same for all curves that are compared.
 */
export function sparkline(points, { low, high, last }, label) {
  const x = (value) => EDGE + ((value - 1) / Math.max(1, last - 1)) * (WIDTH - 2 * EDGE);
  const y = (value) => HEIGHT - EDGE - (high > low ? (value - low) / (high - low) : 0.5) * (HEIGHT - 2 * EDGE);
  const known = points.filter(([, value]) => value != null);
  if (!known.length) {
    return html`<span class="quiet">–</span>`;
  }
  const at = known.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`);
  const [endX, endY] = at.at(-1).split(',');
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" width=${WIDTH} height=${HEIGHT} role="img" aria-label=${label}>
    ${svg`<polyline points=${at.join(' ')} fill="none" stroke="currentColor" stroke-width="1.5"></polyline><circle cx=${endX} cy=${endY} r="2.5" fill="currentColor"></circle>`}
  </svg>`;
}
