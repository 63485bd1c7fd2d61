import { html } from 'lit';
import { number, percent, words } from '../format.js';
import './line-chart.js';

const STATUS = {
  stable: 'The served images are like those that the version was fitted on.',
  drifted: 'The served images differ from those that the version was fitted on.',
  too_few_images: 'Too few images have been served for a comparison.',
};

/** Comparison of the images that a version has served with those that it was fitted on. */
export function drift(found) {
  const windows = [...found.windows].reverse(); // the oldest first
  const last = found.windows.find((window) => window.status !== 'too_few_images');
  const names = found.windows[0]?.features.map((feature) => feature.feature) ?? [];
  const series = names.map((name, index) => ({ name: words(name), points: windows.map((window, step) => [step + 1, window.features[index].effect_size]) }));
  return html`<h2>Drift</h2>
    <p id="drift" class=${found.status === 'drifted' ? 'notice bad' : 'quiet'}>${STATUS[found.status]}
      ${last ? html`Last compared window: ${number(last.images, 0)} images, ${percent(last.outlier_share)} outliers${last.estimated_accuracy == null ? '' : html`, estimated accuracy of the others ${percent(last.estimated_accuracy)}`}.
        ${last.features.filter((feature) => feature.drifted).map((feature) => html`Different: ${words(feature.feature)} (effect size ${number(feature.effect_size)}). `)}` : ''}</p>
    <ty-line-chart heading="Effect size of the difference; drift from ${number(found.min_effect_size)}" step="window" empty="The first window comes with the first images." .series=${series} .total=${Math.max(windows.length, 2)} .format=${(value) => number(value)}></ty-line-chart>`;
}
