import { html } from 'lit';
import { Page } from '../page.js';

class NotFound extends Page {
  async load() {}

  render() {
    return html`<h1>Page not found</h1>
      <p>There is no page at this address. The pages are:</p>
      <ul>
        <li><a href="/">Home</a></li>
        <li><a href="/jobs">Jobs</a></li>
        <li><a href="/studies">Studies</a></li>
        <li><a href="/models">Models</a></li>
        <li><a href="/draw">Draw a digit</a></li>
        <li><a href="/system">System</a></li>
      </ul>`;
  }
}
customElements.define('ty-not-found', NotFound);
