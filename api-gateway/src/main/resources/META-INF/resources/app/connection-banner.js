import { onConnection } from './connection.js';
import { time } from './format.js';

/** Shows a banner on every page while the gateway does not respond. */
export function showConnectionBanner() {
  const banner = document.createElement('div');
  banner.id = 'away';
  banner.setAttribute('role', 'alert');
  onConnection((since) => {
    if (since === null) {
      banner.remove();
    } else {
      banner.textContent = `The gateway has not answered since ${time(since)}. What you see may be out of date. This page keeps trying and continues by itself.`;
      document.querySelector('.bar').after(banner);
    }
  });
}
