import { html, nothing } from 'lit';
import { chip } from './chip.js';
import { duration, hasEnded, since, time, words } from '../format.js';

/** Transitions of a job with the duration of each state. */
export function timeline(transitions) {
  return html`<ol class="timeline">
    ${transitions.map((move, index) => {
      const next = transitions[index + 1];
      const lasted = hasEnded(move.to) && !next ? nothing : html`<span class="quiet">for ${duration(since(move.at, next?.at))}${next ? '' : ' so far'}</span>`;
      return html`<li>
        <div class="row">${chip(move.to)} ${lasted}</div>
        <div>${words(move.reason)}${move.worker ? html` · <code>${move.worker}</code>` : nothing} · attempt ${move.attempt}</div>
        ${move.detail ? html`<div>${move.detail}</div>` : nothing}
        <time class="quiet" datetime=${move.at}>${time(move.at)}</time>
      </li>`;
    })}
  </ol>`;
}

function runsOf(transitions) {
  const runs = [];
  transitions.forEach((move, index) => {
    if (move.to === 'training_in_progress') {
      const end = transitions[index + 1];
      runs.push({ attempt: move.attempt, worker: move.worker, from: move.at, to: end?.at, end: end ? words(end.reason) : 'running' });
    }
  });
  return runs;
}

/** Total run time in seconds, without pauses and waits for a worker; null before the first run. */
export function trainingSeconds(transitions) {
  const runs = runsOf(transitions);
  return runs.length ? runs.reduce((sum, run) => sum + since(run.from, run.to), 0) : null;
}

/** Table of the attempts with worker, duration and end. */
export function attempts(transitions) {
  const runs = runsOf(transitions);
  if (!runs.length) {
    return html`<p class="quiet">No worker has started it yet.</p>`;
  }
  return html`<div class="wide" tabindex="0" role="region" aria-label="Attempts"><table>
    <thead><tr><th scope="col">Attempt</th><th scope="col">Worker</th><th scope="col">Lasted</th><th scope="col">Ended</th></tr></thead>
    <tbody>${runs.map((run) => html`<tr><td>${run.attempt}</td><td><code>${run.worker ?? '–'}</code></td><td>${duration(since(run.from, run.to))}</td><td>${run.end}</td></tr>`)}</tbody>
  </table></div>`;
}
