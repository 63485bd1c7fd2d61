import { html } from 'lit';
import { duration, hasEnded, percent } from '../format.js';

/** Progress of a job as a bar, with text for screen readers. */
export function meter(job) {
  const share = job.status === 'success' ? 1 : Math.min(1, job.progress ?? 0);
  const running = job.status === 'training_in_progress';
  const left = running && job.eta_seconds > 0 ? `, ${duration(job.eta_seconds)} left` : '';
  const epoch = `epoch ${job.current_epoch} of ${job.epochs}`;
  return html`<div class="meter">
    <div class="rail" role="progressbar" aria-label="Progress of the job" aria-valuenow=${Math.round(share * 100)} aria-valuemin="0" aria-valuemax="100" aria-valuetext="${epoch}${left}">
      <span style="width:${(share * 100).toFixed(1)}%"></span>
    </div>
    <span class="figure">${hasEnded(job.status) ? `${job.current_epoch} of ${job.epochs}` : `${job.current_epoch} of ${job.epochs} · ${percent(share, 0)}`}${left}</span>
  </div>`;
}
