import { html, nothing } from 'lit';
import { bytes, duration, number, since, time, words } from '../format.js';

const BASES = {
  same_configuration: 'finished jobs of the same configuration',
  same_network: 'finished jobs of this network',
  other_networks: 'finished jobs of other networks',
};

function ends({ end, workers }) {
  if (workers == null) {
    return '; when is not known, because Kafka does not say whether there is a trainer';
  }
  return end ? `, and end in ${duration(-since(end.low))} to ${duration(-since(end.high))} (about ${time(end.mid)})` : ', once there is a trainer';
}

/** What a job would be, as a submit that was only tried says. */
export function estimate(outlook) {
  const { network, memory, estimate: guess } = outlook;
  const share = guess ? Math.round((guess.confidence ?? 0.8) * 100) : 0;
  return html`<div class="notice good" role="status" id="estimate">
    <strong>Valid.</strong>
    ${network ? html`${number(network.parameters, 0)} parameters in ${network.layers} layers` : nothing}${memory ? html`, ${bytes(memory.peak_bytes)} at most` : nothing}.
    ${guess?.seconds
      ? html`<div>It would train for ${duration(guess.seconds.low)} to ${duration(guess.seconds.high)}${guess.queue_position > 1 ? `, as number ${number(guess.queue_position)} in the queue` : ''}${ends(guess)}.</div>
          <div class="quiet">${guess.jobs ? `${share} % of jobs end within such a span; learnt from ${number(guess.jobs)} ${BASES[guess.basis] ?? words(guess.basis)}` : 'A guess: no job has finished yet'}.</div>`
      : nothing}
  </div>`;
}
