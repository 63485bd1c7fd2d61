import { html } from 'lit';
import { Page } from '../page.js';

class Nothing extends Page {
  async load() {}

  render() {
    return html`<h1>There is no page here</h1>
      <p><a href="/">Home</a>, <a href="/jobs">jobs</a>, <a href="/models">models</a>, <a href="/draw">draw</a>.</p>`;
  }
}
customElements.define('ty-nothing', Nothing);
