import { LitElement, html, nothing } from 'lit';
import { onConnection, unreachableSince } from './connection.js';
import { throttled } from './job-updates.js';
import { notice } from './parts/notice.js';

/** An element without shadow DOM, so that the style sheet and the heading outline of the document apply. */
export class LightElement extends LitElement {
  createRenderRoot() {
    return this;
  }
}

/** Delay after a load without a response. */
const RETRY = 3_000;

/**
 * Base class of pages: `name` is from the path, `query` from the query string. Subclasses load their data in `load` and
 * set up subscriptions in `start`, whose cleanups run when the page is removed.
 */
export class Page extends LightElement {
  static properties = { problem: { state: true }, name: {}, query: {} };
  /** Minimum time between two loads, in milliseconds. */
  static pause = 1_000;

  cleanups = [];
  abort = new AbortController();
  /** Schedules a load; calls are throttled. */
  scheduleLoad = throttled(() => this.#loadAgain(), this.constructor.pause);

  connectedCallback() {
    super.connectedCallback();
    this.start?.();
    this.addCleanup(onConnection((since) => (since === null ? this.#reconnected() : this.requestUpdate())));
    this.scheduleLoad();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.abort.abort();
    this.scheduleLoad.stop();
    clearTimeout(this.retry);
    this.cleanups.forEach((cleanup) => cleanup());
  }

  #reconnected() {
    this.scheduleLoad();
    this.querySelectorAll('img').forEach((image) => {
      if (image.complete && image.naturalWidth === 0) {
        image.src = image.getAttribute('src'); // it could not be loaded before
      }
    });
  }

  addCleanup(cleanup) {
    this.cleanups.push(cleanup);
  }

  /** Runs `work` every `ms` while the page is visible. */
  every(ms, work) {
    const timer = setInterval(() => document.hidden || work(), ms);
    this.addCleanup(() => clearInterval(timer));
  }

  /** Renders at most once per frame. */
  async scheduleUpdate() {
    if (this.hasUpdated && !document.hidden) {
      await new Promise(requestAnimationFrame);
    }
    super.scheduleUpdate();
  }

  /** A successful load clears the problem of an earlier load, but not that of an action. */
  async #loadAgain() {
    try {
      await this.load(this.abort.signal);
      if (this.problem?.duringLoad) {
        this.problem = null;
      }
    } catch (e) {
      this.#setProblem(e, true);
      if (e.status === 0 || e.status === 429 || e.status === 503) {
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.isConnected && this.scheduleLoad(), RETRY);
      }
    }
  }

  /** Runs an action of the user and shows its problem until an action succeeds. */
  async runAction(work) {
    try {
      await work();
      this.problem = null;
    } catch (e) {
      this.#setProblem(e, false);
    }
  }

  /** Moves the focus to `selector` if the focused button has been removed. */
  async restoreFocus(selector) {
    await this.updateComplete;
    if (document.activeElement === document.body) {
      this.querySelector(selector)?.focus();
    }
  }

  #setProblem(e, duringLoad) {
    if (e.name !== 'AbortError') {
      e.duringLoad = duringLoad;
      this.problem = e;
    }
  }

  /** The problem, unless the banner already shows that the gateway is unreachable. */
  problemNotice() {
    const shownByBanner = this.problem?.duringLoad && this.problem.status === 0 && unreachableSince() !== null;
    return this.problem && !shownByBanner ? notice(this.problem) : nothing;
  }

  loadingNotice() {
    return this.problem && this.problemNotice() !== nothing ? this.problemNotice() : html`<p class="quiet">Loading…</p>`;
  }
}
