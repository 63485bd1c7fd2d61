import { html, nothing } from 'lit';
import { bytes, duration, number, since, time, words } from '../format.js';

const BASES = {
  same_configuration: 'finished jobs with the same configuration',
  same_network: 'finished jobs with this network',
  other_networks: 'finished jobs with other networks',
  other_engines: 'finished jobs with other engines',
};

function end({ end: guess, workers }) {
  if (workers == null) {
    return 'The end cannot be estimated, because Kafka does not report the number of trainers.';
  }
  return guess ? `It would end in ${duration(-since(guess.low))} to ${duration(-since(guess.high))}, about ${time(guess.mid)}.` : 'It would start once a trainer is running.';
}

/** Estimate of a job from a dry run; `outdated` until the one for the latest change has arrived. */
export function estimate(plan, outdated = false) {
  const { network, memory, estimate: guess } = plan;
  const share = guess ? Math.round((guess.confidence ?? 0.8) * 100) : 0;
  return html`<div class="notice good" role="status" id="estimate" aria-busy=${outdated ? 'true' : 'false'}>
    <strong>${outdated ? 'Estimate (updating…)' : 'Estimate'}.</strong>
    ${network ? html`${number(network.parameters, 0)} parameters in ${network.layers} layers` : nothing}${memory ? html`, up to ${bytes(memory.peak_bytes)} of memory` : nothing}.
    ${guess?.seconds
      ? html`<div>It would train for ${duration(guess.seconds.low)} to ${duration(guess.seconds.high)}${guess.queue_position > 1 ? `, as number ${number(guess.queue_position)} in the queue` : ''}. ${end(guess)}</div>
          <div class="quiet">${guess.jobs ? `${share} % of jobs end within such a range; based on ${number(guess.jobs)} ${BASES[guess.basis] ?? words(guess.basis)}` : 'A rough guess: no job has finished yet'}.</div>`
      : nothing}
  </div>`;
}
