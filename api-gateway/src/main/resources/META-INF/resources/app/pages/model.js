import { html, nothing } from 'lit';
import { Page } from '../page.js';
import { can, inProject } from '../access.js';
import { part, read, readIfPresent, send } from '../api.js';
import { onJobUpdate } from '../job-updates.js';
import { announce, go } from '../router.js';
import { ago, bytes, flat, number, percent, short, time, words } from '../format.js';
import { chip } from '../parts/chip.js';
import { confirmed } from '../parts/confirm.js';
import { drift } from '../parts/drift.js';
import { offers, openApi } from '../schema.js';
import '../parts/confusion.js';

const POLL_PERIOD = 5_000;

/** One model: its versions, aliases and the details of the selected version. */
class Model extends Page {
  static properties = { model: { state: true }, version: { state: true }, drift: { state: true }, deletable: { state: true } };

  /** Newest version when the requested one was not found; null if there is none. Only a newer one may be it. */
  #lackedWith;

  #changing = false;

  /** A load during the deletion of the model would not find it. */
  #deleting = false;

  /** New versions come with job updates; alias changes of other users are found by polling. */
  start() {
    this.addCleanup(onJobUpdate((update) => (update === null || update.model?.name === this.name) && this.scheduleLoad()));
    this.every(POLL_PERIOD, this.scheduleLoad);
    openApi().then((api) => (this.deletable = offers(api, 'delete', '/api/v1/models/{name}')), () => {}); // then the button is not shown
  }

  async load(signal) {
    if (this.#deleting) {
      return;
    }
    this.model = await read(this.#url(), signal);
    const newest = this.#newest() ?? null;
    const number = this.query.get('version') || (this.model.production ?? newest);
    if (number == null) {
      this.version = null;
    } else if (this.#lackedWith !== newest) {
      this.version = await readIfPresent(`${this.#url()}/versions/${part(number)}`, signal);
      this.#lackedWith = this.version ? undefined : newest;
    }
    this.drift = this.version?.metadata.trust?.reference ? await readIfPresent(`${this.#url()}/versions/${part(this.version.version)}/drift`, signal) : null;
  }

  #newest() {
    return this.model.models[0]?.version;
  }

  #url() {
    return `/api/v1/models/${part(this.name)}`;
  }

  /** Sends `method` to `path` below this model after a confirmation. */
  #change(question, method, path, sentence) {
    return this.#once(question, async () => {
      await send(method, `${this.#url()}/${path}`);
      await this.load(this.abort.signal);
      announce(sentence);
      await this.restoreFocus('#rollback');
    });
  }

  /** Ignores a second click during a change: two rollbacks would go back two versions. */
  #once(question, change) {
    return this.runAction(async () => {
      if (this.#changing) {
        return;
      }
      this.#changing = true;
      try {
        if (await confirmed(question)) {
          await change();
        }
      } finally {
        this.#changing = false;
      }
    });
  }

  #production() {
    return this.model.production == null ? 'No version is in production now' : `Version ${this.model.production} is in production now`;
  }

  #promote(version) {
    const question = {
      title: `Put version ${version} of ${this.name} into production?`,
      text: `${this.#production()}. Predictions will then use version ${version}. Rolling back undoes this.`,
      action: `Promote version ${version}`,
    };
    return this.#change(question, 'POST', `versions/${version}/promote`, `Version ${version} is in production.`);
  }

  #rollBack() {
    const question = {
      title: `Roll back ${this.name}?`,
      text: `${this.#production()}. Predictions will then use the version that was in production before it.`,
      action: 'Roll back',
    };
    return this.#change(question, 'POST', 'rollback', 'Rolled back.');
  }

  #delete(version) {
    const question = {
      title: `Delete version ${version} of ${this.name}?`,
      text: 'Its file is permanently deleted and it can no longer be used for predictions. Its lineage stays.',
      action: `Delete version ${version}`,
    };
    return this.#change(question, 'DELETE', `versions/${version}`, `Version ${version} is deleted.`);
  }

  #release(version) {
    const question = {
      title: `Release version ${version} of ${this.name} from quarantine?`,
      text: 'Predictors load the file again. If one of them crashes again, the version is quarantined again.',
      action: `Release version ${version}`,
    };
    return this.#change(question, 'POST', `versions/${version}/release-quarantine`, `Version ${version} is released.`);
  }

  #quarantine() {
    const { version: number, quarantine } = this.version;
    return html`<div class="notice bad" id="quarantine"><strong>In quarantine.</strong> Predictor ${quarantine.predictor} ended (${quarantine.cause}) during ${quarantine.phase} of this file, so no predictor runs it.
      ${can('operate') ? html`<div class="row"><button type="button" data-release=${number} @click=${() => this.#release(number)}>Release</button></div>` : nothing}</div>`;
  }

  /** Deletes the model and goes to the list of models. */
  #deleteAll() {
    const question = {
      title: `Delete the model ${this.name}?`,
      text: `All its versions with their files, its aliases and its place in production are permanently deleted. Predictions with ${this.name} are then rejected.`,
      action: `Delete ${this.name}`,
    };
    return this.#once(question, async () => {
      this.#deleting = true;
      try {
        await send('DELETE', this.#url());
        await go('/models');
        announce(`Model ${this.name} is deleted.`);
      } finally {
        this.#deleting = false;
      }
    });
  }

  #versions() {
    return html`<div class="wide" tabindex="0" role="region" aria-label="Versions"><table class="stack">
      <caption>The newest; <a href="/models?name=${part(this.name)}">all versions</a></caption>
      <thead><tr><th scope="col">Version</th><th scope="col">Aliases</th><th scope="col" class="right">Test accuracy</th><th scope="col">Published</th><th scope="col">Actions</th></tr></thead>
      <tbody>${this.model.models.map((one) => html`<tr>
        <td data-label="Version"><a href="/models/${part(this.name)}?version=${one.version}" aria-current=${one.version === this.version?.version ? 'true' : nothing}>Version ${one.version}</a></td>
        <td data-label="Aliases"><div class="row">${one.aliases.map((alias) => chip(alias, alias))}</div></td>
        <td data-label="Test accuracy" class="right">${percent(one.metrics?.test?.accuracy)}</td>
        <td data-label="Published">${ago(one.created_at)}</td>
        <td data-label="Actions"><div class="row">
          ${can('operate') ? html`<button type="button" data-promote=${one.version} ?disabled=${one.active} @click=${() => this.#promote(one.version)}>Promote<span class="unseen"> version ${one.version}</span></button>` : nothing}
          <a class="button" href=${inProject(one.onnx_url)} download>ONNX<span class="unseen"> of version ${one.version}</span></a>
          ${can('operate') ? html`<button type="button" data-delete=${one.version} ?disabled=${one.aliases.length > 0} @click=${() => this.#delete(one.version)}>Delete<span class="unseen"> version ${one.version}</span></button>` : nothing}
        </div></td>
      </tr>`)}</tbody>
    </table></div>`;
  }

  #moves() {
    return html`<h2>Alias history</h2>
      <ol class="timeline">${this.model.moves.map((move) => html`<li>
        <strong>${move.alias}</strong> ${move.from == null ? 'set' : `from ${move.from}`} ${move.to == null ? 'removed' : `to ${move.to}`} <span class="quiet">(${words(move.reason)}, <time datetime=${move.at}>${time(move.at)}</time>)</span>
      </li>`)}</ol>`;
  }

  #lineage() {
    const { lineage, metadata, onnx_size: size } = this.version;
    return html`<dl>
      <dt>Trained by job</dt><dd>${lineage.job_key ? html`<a href="/jobs/${lineage.job_key}"><code>${short(lineage.job_key)}</code></a>, attempt ${lineage.attempt}` : 'bundled with the platform'}</dd>
      <dt>Dataset</dt><dd>${lineage.dataset}</dd>
      <dt>Engine</dt><dd>${lineage.engine}, seed ${lineage.seed}</dd>
      <dt>Parameters</dt><dd>${number(metadata.parameters, 0)}</dd>
      <dt>ONNX file</dt><dd>${bytes(size)}; its probabilities differ from the engine's by <span class="nowrap">${metadata.export_difference?.toExponential(1)}</span> at most</dd>
      <dt>Test</dt><dd>${percent(lineage.metrics?.test?.accuracy)}, loss ${number(lineage.metrics?.test?.loss)}</dd>
      ${metadata.trust ? html`<dt>Trust</dt><dd>${percent(metadata.trust.test?.coverage)} of the test images have their digit in the prediction set</dd>` : metadata.trust_missing ? html`<dt>Trust</dt><dd>none: ${metadata.trust_missing}</dd>` : nothing}
    </dl>`;
  }

  #hashes() {
    const { lineage, onnx_sha256: file } = this.version;
    return html`<h2>SHA-256</h2>
      <dl class="hashes">
        <dt>Dataset</dt><dd><code>${lineage.dataset_sha256}</code></dd>
        <dt>Weights</dt><dd><code>${lineage.weights_sha256}</code></dd>
        <dt>ONNX file</dt><dd><code>${file}</code></dd>
      </dl>`;
  }

  #confusion() {
    const { confusion } = this.version.metadata;
    return html`<h2>Confusion matrix of the test images</h2>
      ${confusion
        ? html`<ty-confusion .confusion=${confusion} .images=${confusion.pictures && !this.version.deleted_at ? inProject(`${this.#url()}/versions/${this.version.version}/mistakes.png`) : null}></ty-confusion>`
        : html`<p class="quiet">This version was published before confusion matrices were stored; newer versions have one.</p>`}`;
  }

  #noVersion() {
    const asked = this.query.get('version');
    const newest = this.#newest();
    if (!asked) {
      return html`<p>All versions are deleted.</p>`;
    }
    return html`<div class="notice">There is no version ${asked}${newest == null ? nothing : html`; the newest is <a href="/models/${part(this.name)}?version=${newest}">version ${newest}</a>`}.</div>`;
  }

  #detail() {
    const { version } = this;
    if (!version) {
      return version === null ? this.#noVersion() : nothing; // not loaded yet
    }
    return html`<section>
      <h2>Version ${version.version}</h2>
      <div class="row">${version.aliases.map((alias) => chip(alias, alias))} ${version.deleted_at ? html`<span class="notice">Deleted ${ago(version.deleted_at)}; its lineage stays.</span>` : nothing}</div>
      ${version.quarantine ? this.#quarantine() : nothing}
      <div class="columns">
        <div>${this.#lineage()}${this.drift ? drift(this.drift) : nothing}${this.#confusion()}${this.#hashes()}</div>
        <div><h2>Configuration</h2><div class="wide" tabindex="0" role="region" aria-label="Configuration"><table><tbody>${flat(version.lineage.config).map(([name, value]) => html`<tr><th scope="row"><code>${name}</code></th><td>${value == null ? '–' : String(value)}</td></tr>`)}</tbody></table></div>${this.#moves()}</div>
      </div>
    </section>`;
  }

  render() {
    if (!this.model) {
      return html`<h1>${this.name}</h1>${this.loadingNotice()}`;
    }
    return html`<div class="row spread"><h1>${this.name}</h1>
        <div class="row"><span>In production: ${this.model.production == null ? 'none' : `version ${this.model.production}`}</span>
          ${can('operate') ? html`<button type="button" id="rollback" @click=${() => this.#rollBack()}>Roll back</button>` : nothing}
          ${this.deletable && can('operate') ? html`<button type="button" id="delete-model" @click=${() => this.#deleteAll()}>Delete model</button>` : nothing}</div></div>
      ${this.problemNotice()} ${this.#versions()} ${this.#detail()}`;
  }
}
customElements.define('ty-model', Model);
