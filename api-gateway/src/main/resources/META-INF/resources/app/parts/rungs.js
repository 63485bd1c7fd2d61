import { html, nothing } from 'lit';
import { number } from '../format.js';
import { formatResult, isMaximized } from '../study-view.js';

/** Trials that are named; the others are counted. */
const NAMED = 12;

/** The rungs of a study by their epochs: which trials are on their way to it, wait there, were promoted or ended there. */
export function rungsOf(trials, log) {
  const rungs = new Map();
  const at = (epoch) => rungs.get(epoch) ?? rungs.set(epoch, { epoch, coming: [], waiting: [], promoted: [], ended: [] }).get(epoch);
  for (const trial of trials) {
    const holds = log.holds.get(trial.number) ?? [];
    holds.forEach((epoch, index) => {
      if (epoch === null) {
        return; // it runs to its end
      }
      const reached = trial.curve.some((point) => point.epoch >= epoch);
      const last = index === holds.length - 1;
      if (!last) {
        at(epoch).promoted.push(trial);
      } else if (trial.state === 'paused') {
        at(epoch).waiting.push(trial);
      } else if (trial.state === 'running') {
        at(epoch).coming.push(trial);
      } else if (reached) {
        at(epoch).ended.push(trial);
      }
    });
  }
  return [...rungs.values()].sort((a, b) => a.epoch - b.epoch);
}

/** The best result after the epoch of a rung. */
function bestAt(study, { epoch, waiting, promoted, ended }) {
  const results = [...waiting, ...promoted, ...ended].map((trial) => trial.curve.find((point) => point.epoch === epoch)?.value).filter((value) => value != null);
  return results.length ? results.reduce((a, b) => (isMaximized(study) ? Math.max(a, b) : Math.min(a, b))) : null;
}

function names(trials) {
  const more = trials.length - NAMED;
  return html`<span>${number(trials.length)}${trials.length
    ? html`<span class="quiet">: ${trials.slice(0, NAMED).map((trial, i) => html`${i ? ', ' : ''}${trial.job ? html`<a href="/jobs/${trial.job}" aria-label="Job of trial ${trial.number}">${trial.number}</a>` : trial.number}`)}${more > 0 ? ` and ${number(more)} more` : nothing}</span>`
    : nothing}</span>`;
}

/** The table of rungs. */
export function rungTable(study, rungs) {
  if (!rungs.length) {
    return html`<p class="quiet">No trial of this study has to wait at a rung.</p>`;
  }
  return html`<div class="wide" tabindex="0" role="region" aria-label="Rungs"><table class="stack" id="rungs">
    <thead><tr><th scope="col">After epoch</th><th scope="col">On the way</th><th scope="col">Wait</th><th scope="col">Promoted</th><th scope="col">Ended here</th><th scope="col" class="right">Best</th></tr></thead>
    <tbody>${rungs.map((rung) => html`<tr>
      <td data-label="After epoch">${rung.epoch}</td>
      <td data-label="On the way">${names(rung.coming)}</td><td data-label="Wait">${names(rung.waiting)}</td>
      <td data-label="Promoted">${names(rung.promoted)}</td><td data-label="Ended here">${names(rung.ended)}</td>
      <td data-label="Best" class="right nowrap">${formatResult(study, bestAt(study, rung))}</td>
    </tr>`)}</tbody>
  </table></div>`;
}
