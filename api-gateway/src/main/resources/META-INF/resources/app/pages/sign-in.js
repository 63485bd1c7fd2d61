import { html, nothing } from 'lit';
import { provider } from '../access.js';
import { Page } from '../page.js';
import { signIn, signInAtProvider, takeSignInFailure } from '../session.js';

/** Asks for an access token, or leads to the OpenID provider; the page of the address is shown afterwards. */
class SignIn extends Page {
  static properties = { busy: { state: true } };

  start() {
    this.problem = takeSignInFailure();
  }

  async load() {}

  async #goToProvider() {
    this.busy = true;
    await this.runAction(signInAtProvider);
    this.busy = false;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.busy) {
      return; // a double click
    }
    const field = this.querySelector('#token');
    this.busy = true;
    await this.runAction(() => signIn(field.value.trim()));
    this.busy = false;
    if (this.isConnected) {
      field.select();
      field.focus();
    }
  }

  #providerButton() {
    return html`<div class="row">
        <button type="button" class="main-action" id="provider" ?disabled=${this.busy} @click=${() => this.#goToProvider()}>Sign in with ${provider}</button>
      </div>
      <p class="hint">Or use an access token of this platform:</p>`;
  }

  render() {
    return html`<h1>Sign in</h1>
      ${this.problemNotice()}
      ${provider ? this.#providerButton() : nothing}
      <form class="form" method="post" aria-busy=${this.busy ? 'true' : 'false'} @submit=${(event) => this.#submit(event)}>
        <label for="token">Access token<input id="token" type="password" autocomplete="current-password" spellcheck="false" required /></label>
        <p class="hint">It begins with ty_ and was shown when an administrator created it. The gateway prints the first administrator's token in its log.</p>
        <div class="row"><button type="submit" class="main-action" id="sign-in">Sign in</button></div>
      </form>`;
  }
}
customElements.define('ty-sign-in', SignIn);
