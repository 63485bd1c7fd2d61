import { needsSignIn, onUserChange, selectedProject } from './access.js';
import { showConnectionBanner } from './connection-banner.js';
import { go, isPage, show, showIfMoved } from './router.js';
import { completeSignIn, resumeSession } from './session.js';
import { showUserBar } from './user-bar.js';

document.documentElement.dataset.started = ''; // for recover.js

/** Handles plain clicks on links within the page without loading; other clicks are left to the browser. */
function follow(click) {
  const link = click.composedPath().find((node) => node instanceof HTMLAnchorElement);
  const plain = click.button === 0 && !click.metaKey && !click.ctrlKey && !click.shiftKey && !click.altKey;
  if (!link || !plain || link.target || link.hasAttribute('download') || link.origin !== location.origin) {
    return;
  }
  if (link.hash && link.pathname === location.pathname && link.search === location.search) {
    return;
  }
  if (isPage(link.pathname)) {
    click.preventDefault();
    go(link.href);
  }
}

showConnectionBanner();
document.addEventListener('click', follow);
addEventListener('popstate', showIfMoved);
showUserBar();
if (needsSignIn) {
  await completeSignIn();
  await resumeSession();
  onUserChange(() => show());
  show({ moved: false });
} else {
  await show({ moved: false });
  await resumeSession(); // for the projects; the page does not wait for it
  if (selectedProject()) {
    show({ moved: false });
  }
}
