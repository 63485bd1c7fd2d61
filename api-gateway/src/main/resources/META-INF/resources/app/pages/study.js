import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { part, read, send } from '../api.js';
import { onJobUpdate } from '../job-updates.js';
import { announce } from '../router.js';
import { duration, number, short, time, words } from '../format.js';
import { StudyLog, followStudy } from '../study-log.js';
import { formatResult, objectiveName, studyHasEnded, studyPath } from '../study-view.js';
import { chip } from '../parts/chip.js';
import { rungTable, rungsOf } from '../parts/rungs.js';
import { canExtend, replayResult, runStudyAction, stopTrial, studyActions } from '../parts/study-actions.js';
import '../parts/extend-form.js';
import '../parts/study-charts.js';
import '../parts/trial-table.js';

const TRIALS_PER_REQUEST = 500;
/** More trials than these are read, and their charts drawn, at most once in this time while the study goes on. */
const MANY = 200;
const PAUSE_WITH_MANY = 5_000;

/** One study with live updates. */
class Study extends Page {
  static properties = { study: { state: true }, trials: { state: true }, replay: { state: true } };

  #log = new StudyLog();

  start() {
    this.addCleanup(onJobUpdate((update) => update === null && this.scheduleLoad())); // also while the stream is broken
    this.every(1_000, () => this.#tick());
    this.addCleanup(() => this.unfollow?.());
  }

  async load(signal) {
    const study = await read(studyPath(this.name), signal);
    this.outdated = !studyHasEnded(study.status) && !this.#mayReadTrials();
    if (!this.outdated) {
      this.readAt = performance.now();
      this.trials = await this.#readTrials(signal);
    }
    this.#take(study);
  }

  #mayReadTrials() {
    return !(this.trials?.length > MANY) || performance.now() - this.readAt >= PAUSE_WITH_MANY;
  }

  /** Updates durations, and reads trials that were not read at their last change. */
  #tick() {
    if (this.study?.status === 'running') {
      this.requestUpdate();
    }
    if (this.outdated && this.#mayReadTrials()) {
      this.scheduleLoad();
    }
  }

  async #readTrials(signal) {
    const trials = [];
    let cursor = '';
    do {
      const page = await read(studyPath(this.name, `/trials?limit=${TRIALS_PER_REQUEST}${cursor && `&cursor=${part(cursor)}`}`), signal);
      trials.push(...page.trials);
      cursor = page.next_cursor;
    } while (cursor);
    return trials;
  }

  #take(study) {
    if (this.study && study.status !== this.study.status) {
      announce(`The study is ${study.status}.`);
    }
    this.study = study;
    if (this.isConnected && (!this.unfollow || (this.atEnd && study.last_event_id > this.#log.lastId))) {
      this.unfollow?.();
      this.atEnd = false;
      this.unfollow = followStudy(study.id, this.#log, (id) => this.#onEvent(id));
    }
  }

  #onEvent(id) {
    this.atEnd = id === Infinity;
    if (id > this.study.last_event_id) {
      this.scheduleLoad();
    }
    this.requestUpdate();
  }

  #run(action) {
    return this.runAction(async () => {
      const changed = await runStudyAction(action, this.study);
      if (changed) {
        this.#take(changed);
        this.scheduleLoad();
        await this.restoreFocus('.actions > *');
      }
    });
  }

  #stop(trial) {
    return this.runAction(async () => {
      if (await stopTrial(this.study, trial)) {
        this.readAt = -Infinity;
        this.scheduleLoad();
      }
    });
  }

  #replay() {
    return this.runAction(async () => {
      this.replay = await send('POST', studyPath(this.study.id, '/replay'));
    });
  }

  #extended(study) {
    this.#take(study);
    this.scheduleLoad();
  }

  #best() {
    const { best } = this.study.summary;
    if (!best) {
      return 'no result yet';
    }
    const job = this.trials[best.trial]?.job;
    return html`<strong>${formatResult(this.study, best.value)}</strong> by ${job ? html`<a href="/jobs/${job}">trial ${best.trial}</a>` : html`trial ${best.trial}`}${best.completed ? nothing : ', which has not run to its end'}`;
  }

  #figures() {
    const { study } = this;
    const { summary, limits, model, request } = study;
    const sampler = request.sampler?.name ?? 'tpe';
    const pruner = request.pruner?.name ?? 'none';
    return html`<dl>
      <dt>Best</dt><dd id="best">${this.#best()}</dd>
      ${model ? html`<dt>Published</dt><dd><a href="/models/${part(model.name)}?version=${model.version}">${model.name} ${model.version}</a></dd>` : nothing}
      <dt>Trials</dt><dd id="counts">${number(summary.trials)} of ${number(limits.max_trials)}: ${number(summary.running)} run, ${number(summary.waiting)} wait, ${number(summary.completed)} completed, ${number(summary.pruned)} pruned, ${number(summary.failed)} failed</dd>
      <dt>Epochs</dt><dd>${number(summary.epochs)}${limits.max_epochs_total ? ` of ${number(limits.max_epochs_total)}` : ''}, up to ${number(study.max_epochs)} for a trial</dd>
      <dt>Objective</dt><dd>${objectiveName(study)}</dd>
      <dt>Search</dt><dd>${words(sampler)}, ${pruner === 'none' ? 'without a pruner' : `pruner ${pruner}`}, ${number(limits.parallel_trials)} at a time</dd>
      <dt>Begun</dt><dd>${time(study.created_at)}, ran for ${duration(this.#activeSeconds())}</dd>
    </dl>`;
  }

  /** Grows while the study runs. */
  #activeSeconds() {
    if (this.timed?.study !== this.study) {
      this.timed = { study: this.study, at: performance.now() };
    }
    const running = this.study.status === 'running' ? (performance.now() - this.timed.at) / 1000 : 0;
    return this.study.active_seconds + running;
  }

  render() {
    if (!this.study) {
      return html`<h1>Study ${short(this.name)}</h1>${this.loadingNotice()}`;
    }
    const { study, trials } = this;
    const reason = study.end_reason && study.end_reason !== study.status ? words(study.end_reason) : nothing;
    return html`<h1>${study.name}</h1>
      <div class="row spread"><div class="row">${chip(study.status)} ${reason}</div>${studyActions(study, (action) => this.#run(action), () => this.#replay())}</div>
      ${this.problemNotice()} ${this.replay ? replayResult(this.replay, () => (this.replay = null)) : nothing}
      ${study.detail ? html`<div class="notice ${study.status === 'failed' ? 'bad' : ''}" id="detail">${study.detail}</div>` : nothing}
      ${this.#figures()}
      ${canExtend(study) ? html`<ty-extend-form .study=${study} @extended=${(event) => this.#extended(event.detail)}></ty-extend-form>` : nothing}
      <ty-study-charts .study=${study} .trials=${trials} .log=${this.#log} .events=${this.#log.lastId}></ty-study-charts>
      <h2>Rungs</h2>${rungTable(study, rungsOf(trials, this.#log))}
      <h2>Trials</h2><ty-trials .study=${study} .trials=${trials} @stop-trial=${(event) => this.#stop(event.detail)}></ty-trials>`;
  }
}
customElements.define('ty-study', Study);
