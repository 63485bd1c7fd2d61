import { can, currentUser, needsSignIn } from './access.js';

/** Pages by path, with the permission that they need. Every address can be linked and reloaded. */
const PAGES = [
  [/^\/$/, 'ty-home', 'Home', () => import('./pages/home.js')],
  [/^\/jobs$/, 'ty-jobs', 'Jobs', () => import('./pages/jobs.js'), 'read'],
  [/^\/jobs\/new$/, 'ty-new-job', 'New training', () => import('./pages/new-job.js'), 'submit'],
  [/^\/jobs\/([^/]+)$/, 'ty-job', 'Job', () => import('./pages/job.js'), 'read'],
  [/^\/studies$/, 'ty-studies', 'Studies', () => import('./pages/studies.js'), 'read'],
  [/^\/studies\/new$/, 'ty-new-study', 'New study', () => import('./pages/new-study.js'), 'submit'],
  [/^\/studies\/([^/]+)$/, 'ty-study', 'Study', () => import('./pages/study.js'), 'read'],
  [/^\/compare$/, 'ty-compare', 'Compare', () => import('./pages/compare.js'), 'read'],
  [/^\/models$/, 'ty-models', 'Models', () => import('./pages/models.js'), 'read'],
  [/^\/models\/([^/]+)$/, 'ty-model', 'Model', () => import('./pages/model.js'), 'read'],
  [/^\/draw$/, 'ty-draw', 'Draw', () => import('./pages/draw.js'), 'predict'],
  [/^\/system$/, 'ty-system', 'System', () => import('./pages/system.js'), 'read'],
  [/^\/audit$/, 'ty-audit', 'Audit log', () => import('./pages/audit.js'), 'administer'],
];

const SIGN_IN = [null, 'ty-sign-in', 'Sign in', () => import('./pages/sign-in.js')];
const NOT_ALLOWED = [null, 'ty-not-allowed', 'Not allowed', () => import('./pages/not-allowed.js')];
const NOT_FOUND = [null, 'ty-not-found', 'Not found', () => import('./pages/not-found.js')];

let shown = 0;
let at = null;

export function isPage(path) {
  return PAGES.some(([pattern]) => pattern.test(path));
}

/**
 * Navigates to an address without loading the document. With `replace` the address replaces the current one in the
 * history, and the focused control keeps the focus.
 */
export function go(address, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  return show({ moved: !replace });
}

/** Shows the page after back or forward, unless only the fragment changed. */
export function showIfMoved() {
  if (location.pathname + location.search !== at) {
    show();
  }
}

function pageToShow() {
  if (needsSignIn && currentUser() === null) {
    return SIGN_IN; // the address stays, so that its page is shown afterwards
  }
  const found = PAGES.find(([pattern]) => pattern.test(location.pathname)) ?? NOT_FOUND;
  const permission = found[4];
  return permission && !can(permission) ? NOT_ALLOWED : found;
}

/** Shows the page of the current address. */
export async function show({ moved = true } = {}) {
  at = location.pathname + location.search;
  const mine = ++shown;
  const [pattern, tag, title, load] = pageToShow();
  const main = document.getElementById('main');
  try {
    await load();
  } catch {
    if (mine === shown) {
      main.replaceChildren(unreachable());
      dispatchEvent(new Event('page-failed')); // recover.js reloads it
    }
    return;
  }
  if (mine !== shown) {
    return; // the user navigated on while this was loading
  }
  document.title = `${title} · Trainyard`;
  document.querySelectorAll('.bar nav a').forEach((link) => {
    const here = location.pathname === link.pathname || location.pathname.startsWith(`${link.pathname}/`);
    link.toggleAttribute('aria-current', here);
    if (here) {
      link.setAttribute('aria-current', 'page');
    }
  });
  const page = document.createElement(tag);
  page.name = pattern && decoded(pattern.exec(location.pathname)[1] ?? '');
  page.query = new URLSearchParams(location.search);
  const used = document.activeElement;
  const within = main.contains(used);
  main.replaceChildren(page);
  dispatchEvent(new Event('page-shown'));
  if (moved) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
    announce(title);
  } else if (within) {
    await restoreFocus(page, used);
  }
}

/** Focuses the same control on the new page if it is visible. */
async function restoreFocus(page, used) {
  await page.updateComplete;
  const same = page.querySelector(`[id="${used.id}"]`);
  const next = same?.checkVisibility() ? same : document.getElementById('main');
  next.focus({ preventScroll: true });
}

/** Shown if a page's module cannot be loaded. Browsers may cache failed imports, so the link loads the document. */
function unreachable() {
  const notice = document.createElement('p');
  notice.className = 'notice bad';
  notice.setAttribute('role', 'alert');
  const again = document.createElement('a');
  again.href = location.pathname + location.search; // without the fragment, which would only scroll
  again.target = '_self'; // main.js leaves links with a target to the browser
  again.textContent = 'Try now';
  notice.append('This page could not be loaded. It is loaded again when the gateway responds. ', again, '.');
  return notice;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // shown as not found
  }
}

/** Announces a sentence to screen readers. */
export function announce(sentence) {
  document.getElementById('says').textContent = sentence;
}
