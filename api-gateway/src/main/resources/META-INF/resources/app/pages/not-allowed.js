import { html } from 'lit';
import { Page } from '../page.js';
import { currentMember } from '../access.js';

/** Shown instead of a page that the user may not see. */
class NotAllowed extends Page {
  async load() {}

  render() {
    const { name, role, permissions } = currentMember() ?? { permissions: [] };
    return html`<h1>Not allowed</h1>
      <p>${name} has the role ${role}, which may not use this page. It may: ${permissions.join(', ')}.</p>
      <p>Sign out to use another access token, or ask an administrator for one. <a href="/">Home</a></p>`;
  }
}
customElements.define('ty-not-allowed', NotAllowed);
