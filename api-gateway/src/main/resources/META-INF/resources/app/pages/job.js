import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { part, read } from '../api.js';
import { extendTrail } from '../epoch-trail.js';
import { followJob } from '../job-follower.js';
import { onJobUpdate } from '../job-updates.js';
import { announce } from '../router.js';
import { duration, flat, hasEnded, number, percent, short, statusName, time } from '../format.js';
import { chip } from '../parts/chip.js';
import { meter } from '../parts/meter.js';
import { jobActions, runJobAction } from '../parts/job-actions.js';
import { attempts, timeline, trainingSeconds } from '../parts/timeline.js';
import { failure } from '../parts/failure.js';
import '../parts/line-chart.js';

const asPercent = (y) => percent(y, 2);
const asLoss = (y) => number(y, 4);

/** One job with live updates. */
class Job extends Page {
  static properties = { job: { state: true } };

  start() {
    this.addCleanup(onJobUpdate((update) => this.#isRelevant(update) && this.scheduleLoad()));
    this.every(1_000, () => this.job && !hasEnded(this.job.status) && this.requestUpdate()); // updates durations
    this.addCleanup(() => this.unfollow?.());
  }

  /** An active job is followed; an ended one may be retried by another user. */
  #isRelevant(update) {
    if (!this.job) {
      return update === null;
    }
    return hasEnded(this.job.status) && (update === null || (update.key === this.job.key && update.status !== this.job.status));
  }

  async load(signal) {
    this.job = await read(`/api/v1/train/${part(this.name)}`, signal);
    this.#follow();
  }

  #follow() {
    this.unfollow?.();
    this.unfollow = null;
    if (this.isConnected && !hasEnded(this.job.status)) {
      this.unfollow = followJob(() => this.job, (job) => this.#take(job), this.abort.signal);
    }
  }

  #take(job) {
    if (job.status !== this.job.status) {
      announce(`Job ${short(job.key)} is ${statusName(job.status)}.`);
    }
    this.job = job;
  }

  #run(action) {
    return this.runAction(async () => {
      const changed = await runJobAction(action, this.job);
      if (changed) {
        this.job = changed;
        this.#follow();
        await this.restoreFocus('.actions > *');
      }
    });
  }

  #trail = [];

  willUpdate(changed) {
    if (changed.has('job') && this.job) {
      this.#trail = extendTrail(this.#trail, this.job);
    }
  }

  /** Cached until the next epoch, so that charts are not redrawn. */
  #curves(metric) {
    if (this.drawn?.history !== this.job.history) {
      this.drawn = { history: this.job.history };
    }
    return (this.drawn[metric] ??= this.#curvesOf(metric));
  }

  #curvesOf(metric) {
    const history = this.job.history ?? [];
    const of = (split) => history.filter((epoch) => epoch[split]).map((epoch) => [epoch.epoch, epoch[split][metric]]);
    return [{ name: 'train', points: of('train') }, { name: 'validation', points: of('validation') }].filter((line) => line.points.length || line.name === 'train');
  }

  /** Includes the loss within the current epoch until the job ends. */
  #lossCurves() {
    const curves = this.#curves('loss');
    if (hasEnded(this.job.status)) {
      return curves;
    }
    if (this.lossDrawn?.curves !== curves || this.lossDrawn.trail !== this.#trail) {
      const series = [...curves, { name: 'this epoch so far', points: this.#trail, transient: true }];
      this.lossDrawn = { curves, trail: this.#trail, series };
    }
    return this.lossDrawn.series;
  }

  /** Text to show while there is no curve. */
  #noCurve() {
    const { status } = this.job;
    if (hasEnded(status)) {
      return 'No epoch was finished, so there is no curve.';
    }
    return status === 'training_in_progress' ? 'The first point comes with the first epoch.' : `The job is ${statusName(status)}; the curve begins once it trains.`;
  }

  #figures() {
    const { job } = this;
    const trained = trainingSeconds(job.transitions);
    return html`<dl>
      <dt>Key</dt><dd><code>${job.key}</code></dd>
      ${job.queue_position == null ? nothing : html`<dt>Place in the queue</dt><dd id="place">${number(job.queue_position)}</dd>`}
      ${job.waiting_for?.length && job.queue_position == null ? html`<dt>Waits for</dt><dd id="waiting-for">${jobLinks(job.waiting_for)}</dd>` : nothing}
      ${job.study ? html`<dt>Trial</dt><dd id="study">${job.trial} of <a href="/studies/${job.study}">study <code>${short(job.study)}</code></a></dd>` : nothing}
      ${job.after?.length ? html`<dt>After</dt><dd id="after">${jobLinks(job.after)}</dd>` : nothing}
      ${job.pool ? html`<dt>Pool</dt><dd id="pool">${job.pool}</dd>` : nothing}
      <dt>Submitted</dt><dd>${time(job.created_at)}</dd>
      <dt>Training time</dt><dd>${trained == null ? 'not yet' : duration(trained)}</dd>
      ${job.engine ? html`<dt>Engine</dt><dd id="engine">${job.engine}</dd>` : nothing}
      <dt>Speed</dt><dd>${job.samples_per_second ? `${number(job.samples_per_second, 0)} images/s` : '–'}</dd>
      <dt>Loss now</dt><dd>${number(job.current_loss)}</dd>
      ${job.message
        ? html`<dt>Train</dt><dd>${percent(job.message.train?.accuracy)}, loss ${number(job.message.train?.loss)}</dd>
            <dt>Test</dt><dd><strong>${percent(job.message.test?.accuracy)}</strong>, loss ${number(job.message.test?.loss)}</dd>`
        : nothing}
    </dl>`;
  }

  #config() {
    return html`<div class="wide" tabindex="0" role="region" aria-label="Configuration"><table>
      <tbody>${flat(this.job.config).map(([name, value]) => html`<tr><th scope="row"><code>${name}</code></th><td>${value == null ? '–' : String(value)}</td></tr>`)}</tbody>
    </table></div>`;
  }

  render() {
    if (!this.job) {
      return html`<h1>Job ${short(this.name)}</h1>${this.loadingNotice()}`;
    }
    const { job } = this;
    return html`<h1>Job <code>${short(job.key)}</code></h1>
      <div class="row spread"><div class="row">${chip(job.status)} ${job.config.network}</div>${jobActions(job, (action) => this.#run(action))}</div>
      ${this.problemNotice()} ${meter(job)} ${job.error ? failure(job) : nothing}
      ${job.waiting_reason && job.status === 'queued' && !job.waiting_for?.length ? html`<div class="notice" id="waiting-reason">${job.waiting_reason}</div>` : nothing}
      ${this.#figures()}
      <div class="columns">
        <ty-line-chart heading="Loss" .series=${this.#lossCurves()} .total=${job.epochs} .empty=${this.#noCurve()} .format=${asLoss}></ty-line-chart>
        <ty-line-chart heading="Accuracy" .series=${this.#curves('accuracy')} .total=${job.epochs} .empty=${this.#noCurve()} .format=${asPercent}></ty-line-chart>
      </div>
      <div class="columns">
        <section><h2>What happened</h2>${timeline(job.transitions)}</section>
        <section><h2>Attempts</h2>${attempts(job.transitions)}<h2>Configuration</h2>${this.#config()}</section>
      </div>`;
  }
}
/** Links to jobs. */
function jobLinks(keys) {
  return keys.map((key, i) => html`${i ? ', ' : ''}<a href="/jobs/${key}"><code>${short(key)}</code></a>`);
}
customElements.define('ty-job', Job);
