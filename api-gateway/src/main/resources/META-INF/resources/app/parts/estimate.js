import { html, nothing } from 'lit';
import { bytes, duration, number, since, time } from '../format.js';

const BASES = { 'similar jobs': 'finished jobs like it', network: 'finished jobs of this network', default: 'no finished job: a guess' };

/** What a job would be, as a submit that was only tried says. */
export function estimate(outlook) {
  const { network, memory, estimate: guess } = outlook;
  const share = guess ? Math.round((guess.confidence ?? 0.8) * 100) : 0;
  return html`<div class="notice good" role="status" id="estimate">
    <strong>Valid.</strong>
    ${network ? html`${number(network.parameters, 0)} parameters in ${network.layers} layers` : nothing}${memory ? html`, ${bytes(memory.peak_bytes)} at most` : nothing}.
    ${guess?.seconds
      ? html`<div>It would train for ${duration(guess.seconds.low)} to ${duration(guess.seconds.high)}, ${guess.queue_position > 1 ? `as number ${guess.queue_position} in the queue, ` : ''}and end in ${duration(Math.max(0, -since(guess.end?.low)))} to ${duration(Math.max(0, -since(guess.end?.high)))}${guess.end ? html` (about ${time(guess.end.mid)})` : nothing}.</div>
          <div class="quiet">${share} % of jobs end in such a span; from ${guess.jobs ? `${guess.jobs} ` : ''}${BASES[guess.basis] ?? guess.basis}.</div>`
      : nothing}
  </div>`;
}
