import { LitElement, html, nothing } from 'lit';
import { notice } from './parts/notice.js';

/** In the document itself rather than in a shadow, so that one style sheet and one outline of headings hold. */
export class Plain extends LitElement {
  createRenderRoot() {
    return this;
  }
}

/**
 * What stands at one address: `name` from its path, `query` from behind the question mark. Subclasses load what they
 * show in `load`, and what they start in `begin` ends with the page.
 */
export class Page extends Plain {
  static properties = { problem: { state: true }, name: {}, query: {} };

  ends = [];
  abort = new AbortController();

  connectedCallback() {
    super.connectedCallback();
    this.begin?.();
    this.refresh();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.abort.abort();
    this.ends.forEach((end) => end());
  }

  until(end) {
    this.ends.push(end);
  }

  async refresh() {
    await this.attempt(() => this.load(this.abort.signal));
  }

  /** Runs `work` and shows what went wrong, until something works again. */
  async attempt(work) {
    try {
      const result = await work();
      this.problem = null;
      return result;
    } catch (e) {
      if (e.name !== 'AbortError') {
        this.problem = e;
      }
      return undefined;
    }
  }

  trouble() {
    return this.problem ? notice(this.problem) : nothing;
  }

  wait() {
    return this.problem ? this.trouble() : html`<p class="quiet">Loading…</p>`;
  }
}
