import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { can } from '../access.js';
import { read, readIfPresent } from '../api.js';
import { onJobUpdate } from '../job-updates.js';
import { ago, number, percent, short, time } from '../format.js';
import { chip } from '../parts/chip.js';
import { systemAlerts } from '../parts/system-alerts.js';

const POLL_PERIOD = 2_000;
const CHIPS = { running: 'training_in_progress', silent: 'lost', idle: 'alive', serving: 'alive', starting: 'queued' };

/** Workers, topics, jobs and records that could not be processed. */
class System extends Page {
  static properties = { system: { state: true }, letters: { state: true } };

  /** Job changes are pushed; heartbeats and topic lags are polled. */
  start() {
    this.addCleanup(onJobUpdate(this.scheduleLoad));
    this.every(POLL_PERIOD, this.scheduleLoad);
  }

  async load(signal) {
    this.system = await readIfPresent('/api/v1/system', signal);
    // Dead letters are expensive to read, so they are read once and again when their number grows.
    const total = this.system?.dead_letters?.total ?? null;
    if (can('operate') && (!this.letters || (total !== null && total !== this.lettersTotal))) {
      this.letters = await read('/api/v1/dead-letters?limit=20', signal);
      this.lettersTotal = total; // set after they are read, so that a failed read is repeated
    }
  }

  #workers() {
    const { workers } = this.system;
    if (!workers.length) {
      return html`<p class="notice">No worker is known. Start one with <code>./trainyard up</code>.</p>`;
    }
    return html`<div class="wide" tabindex="0" role="region" aria-label="Workers"><table class="stack">
      <thead><tr><th scope="col">Worker</th><th scope="col">Kind</th><th scope="col">State</th><th scope="col">Last heartbeat</th><th scope="col">Runs</th></tr></thead>
      <tbody>${workers.map((worker) => html`<tr>
        <td data-label="Worker"><code>${worker.name}</code></td>
        <td data-label="Kind">${worker.kind}</td>
        <td data-label="State">${chip(CHIPS[worker.state] ?? 'other', worker.state)}</td>
        <td data-label="Last heartbeat">${worker.last_heartbeat ? html`<time datetime=${worker.last_heartbeat}>${ago(worker.last_heartbeat)}</time>` : '–'}</td>
        <td data-label="Runs">${worker.running ? this.#run(worker.running) : '–'}</td>
      </tr>`)}</tbody>
    </table></div>`;
  }

  #run(run) {
    return html`<span><a href="/jobs/${run.key}"><code>${short(run.key)}</code></a> ${run.network}, epoch ${run.current_epoch} of ${run.epochs}, ${percent(run.progress, 0)}</span>`;
  }

  #topics() {
    const { topics } = this.system;
    if (!topics) {
      return html`<p class="notice bad">Kafka does not respond, so the number of waiting messages is unknown.</p>`;
    }
    return html`<div class="wide" tabindex="0" role="region" aria-label="Topics"><table class="stack">
      <thead><tr><th scope="col">Topic</th><th scope="col">Group</th><th scope="col" class="right">Partitions</th><th scope="col" class="right">Waiting</th></tr></thead>
      <tbody>${topics.map((topic) => html`<tr><td data-label="Topic"><code>${topic.topic}</code></td><td data-label="Group"><span>${topic.group ?? '–'}</span></td><td class="right" data-label="Partitions">${topic.partitions}</td><td class="right" data-label="Waiting">${number(topic.lag, 0)}</td></tr>`)}</tbody>
    </table></div>`;
  }

  #jobs() {
    return html`<div class="row">${Object.entries(this.system.jobs).map(([status, count]) => html`<a href="/jobs?status=${status}">${chip(status)} ${number(count, 0)}</a>`)}</div>`;
  }

  #pools() {
    const { pools } = this.system;
    return html`<div class="wide" tabindex="0" role="region" aria-label="Pools"><table class="stack">
      <thead><tr><th scope="col">Pool</th><th scope="col" class="right">Trainers</th><th scope="col" class="right">Queued</th><th scope="col" class="right">Waiting for jobs</th><th scope="col" class="right">Training</th></tr></thead>
      <tbody>${pools.map((pool) => html`<tr><td data-label="Pool"><a href="/jobs?pool=${pool.name}">${pool.name}</a></td><td class="right" data-label="Trainers">${number(pool.live_trainers)}</td><td class="right" data-label="Queued">${number(pool.queued)}</td><td class="right" data-label="Waiting for jobs">${number(pool.waiting)}</td><td class="right" data-label="Training">${number(pool.running)}</td></tr>`)}</tbody>
    </table></div>`;
  }

  #letters() {
    const letters = this.letters?.dead_letters ?? [];
    const total = this.system?.dead_letters?.total;
    if (!letters.length) {
      return html`<p>None: everything could be processed.</p>`;
    }
    return html`<p>${total == null ? '' : `${number(total, 0)} in all; `}the newest ${letters.length}:</p>
      <div class="wide" tabindex="0" role="region" aria-label="Dead letters"><table class="stack">
        <thead><tr><th scope="col">When</th><th scope="col">From</th><th scope="col">Why</th><th scope="col">Key</th></tr></thead>
        <tbody>${letters.map((letter) => html`<tr>
          <td data-label="When"><time datetime=${letter.at}>${time(letter.at)}</time></td>
          <td data-label="From"><code>${letter.source_topic}</code></td>
          <td data-label="Why"><span>${letter.reason ?? '–'}</span></td>
          <td data-label="Key">${letter.key ? html`<code>${letter.key}</code>` : '–'}</td>
        </tr>`)}</tbody>
      </table></div>`;
  }

  #versions() {
    return html`<dl>${Object.entries(this.system.versions).map(([name, version]) => html`<dt>${name.replaceAll('_', ' ')}</dt><dd>${version ?? '–'}</dd>`)}</dl>`;
  }

  /** Records that Kafka rejects, and topics that stopped at a record of a later release. */
  #records() {
    const { unsent, stopped } = this.system;
    return html`${unsent?.quarantined ? html`<p class="notice bad">Kafka refuses ${number(unsent.quarantined, 0)} of the gateway's records: <code>GET /api/v1/unsent-records</code> tells why and how each is sent again or dropped.</p>` : nothing}
      ${(stopped ?? []).map((one) => html`<p class="notice bad">Topic <code>${one.topic}</code>, partition ${one.partition}, is not read past offset ${one.offset}: ${one.reason}. Upgrade the gateways.</p>`)}`;
  }

  #whole() {
    return html`${this.#records()}${this.system.trouble ? html`<p class="notice bad">${this.system.trouble}</p>` : nothing}
      <h2>Workers</h2>${this.#workers()}
      ${systemAlerts(this.system)}
      <h2>Jobs</h2>${this.#jobs()}
      ${this.system.pools ? html`<h2>Pools</h2>${this.#pools()}` : nothing}
      <h2>Topics</h2>${this.#topics()}
      <h2>Versions</h2>${this.#versions()}`;
  }

  render() {
    return html`<h1>System</h1>
      ${this.system === undefined ? this.loadingNotice() : this.problemNotice()}
      ${this.system ? this.#whole() : this.system === null ? html`<p class="notice">This gateway does not report workers and topics.</p>` : nothing}
      ${this.letters ? html`<h2>Dead letters</h2>${this.#letters()}` : nothing}
      ${can('administer') ? html`<h2>Changes</h2><p><a href="/audit">Audit log</a></p>` : nothing}`;
  }
}
customElements.define('ty-system', System);
