import { LitElement, html, nothing } from 'lit';
import { away, onConnection } from './connection.js';
import { calmly } from './live.js';
import { notice } from './parts/notice.js';

/** In the document itself rather than in a shadow, so that one style sheet and one outline of headings hold. */
export class Plain extends LitElement {
  createRenderRoot() {
    return this;
  }
}

/** After a load that got no answer. */
const RETRY = 3_000;

/**
 * What stands at one address: `name` from its path, `query` from behind the question mark. Subclasses load what they
 * show in `load`, and what they start in `begin` ends with the page.
 */
export class Page extends Plain {
  static properties = { problem: { state: true }, name: {}, query: {} };
  /** At least so many milliseconds lie between two loads. */
  static pause = 1_000;

  ends = [];
  abort = new AbortController();
  /** Loads again before long; may be called as often as one likes. */
  soon = calmly(() => this.#loadAgain(), this.constructor.pause);

  connectedCallback() {
    super.connectedCallback();
    this.begin?.();
    this.until(onConnection((since) => (since === null ? this.#comeBack() : this.requestUpdate())));
    this.soon();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.abort.abort();
    this.soon.stop();
    clearTimeout(this.retry);
    this.ends.forEach((end) => end());
  }

  #comeBack() {
    this.soon();
    this.querySelectorAll('img').forEach((picture) => {
      if (picture.complete && picture.naturalWidth === 0) {
        picture.src = picture.getAttribute('src'); // it could not be loaded meanwhile
      }
    });
  }

  until(end) {
    this.ends.push(end);
  }

  /** Runs `work` every `ms` while somebody looks. */
  every(ms, work) {
    const timer = setInterval(() => document.hidden || work(), ms);
    this.until(() => clearInterval(timer));
  }

  /** At most once a frame, however fast the news comes. */
  async scheduleUpdate() {
    if (this.hasUpdated && !document.hidden) {
      await new Promise(requestAnimationFrame);
    }
    super.scheduleUpdate();
  }

  /** What went wrong with a load is over with the next that works; what went wrong with an action stays to be read. */
  async #loadAgain() {
    try {
      await this.load(this.abort.signal);
      if (this.problem?.ofLoad) {
        this.problem = null;
      }
    } catch (e) {
      this.#fail(e, true);
      if (e.status === 0 || e.status === 429 || e.status === 503) {
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.isConnected && this.soon(), RETRY);
      }
    }
  }

  /** Runs `work`, something that a person wanted, and shows what went wrong, until something works again. */
  async attempt(work) {
    try {
      await work();
      this.problem = null;
    } catch (e) {
      this.#fail(e, false);
    }
  }

  /** The keyboard goes on at `selector` where the button that was pressed is gone. */
  async keepFocus(selector) {
    await this.updateComplete;
    if (document.activeElement === document.body) {
      this.querySelector(selector)?.focus();
    }
  }

  #fail(e, ofLoad) {
    if (e.name !== 'AbortError') {
      e.ofLoad = ofLoad;
      this.problem = e;
    }
  }

  /** What went wrong; that the gateway is away is said above the page already. */
  trouble() {
    const said = this.problem?.ofLoad && this.problem.status === 0 && away() !== null;
    return this.problem && !said ? notice(this.problem) : nothing;
  }

  wait() {
    return this.problem && this.trouble() !== nothing ? this.trouble() : html`<p class="quiet">Loading…</p>`;
  }
}
