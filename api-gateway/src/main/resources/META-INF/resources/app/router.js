/** Which page stands at which path. Every address works when it is typed, sent or reloaded. */
const PAGES = [
  [/^\/$/, 'ty-home', 'Home', () => import('./pages/home.js')],
  [/^\/jobs$/, 'ty-jobs', 'Jobs', () => import('./pages/jobs.js')],
  [/^\/jobs\/new$/, 'ty-new-job', 'New training', () => import('./pages/new-job.js')],
  [/^\/jobs\/([^/]+)$/, 'ty-job', 'Job', () => import('./pages/job.js')],
  [/^\/compare$/, 'ty-compare', 'Compare', () => import('./pages/compare.js')],
  [/^\/models$/, 'ty-models', 'Models', () => import('./pages/models.js')],
  [/^\/models\/([^/]+)$/, 'ty-model', 'Model', () => import('./pages/model.js')],
  [/^\/draw$/, 'ty-draw', 'Draw', () => import('./pages/draw.js')],
  [/^\/system$/, 'ty-system', 'System', () => import('./pages/system.js')],
];

let shown = 0;
let at = null;

export function isPage(path) {
  return PAGES.some(([pattern]) => pattern.test(path));
}

/**
 * Goes to an address of this page without loading it anew; with `replace` to another view of what is shown, which the
 * way back leaves out and in which the control that was used keeps the focus.
 */
export function go(address, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  return show({ moved: !replace });
}

/** After the browser went back or forth; a mere jump within the page changes nothing. */
export function showIfMoved() {
  if (location.pathname + location.search !== at) {
    show();
  }
}

/** Shows what the address says. */
export async function show({ moved = true } = {}) {
  at = location.pathname + location.search;
  const mine = ++shown;
  const found = PAGES.find(([pattern]) => pattern.test(location.pathname));
  const [pattern, tag, title, load] = found ?? [null, 'ty-nothing', 'Not found', () => import('./pages/nothing.js')];
  const main = document.getElementById('main');
  try {
    await load();
  } catch {
    if (mine === shown) {
      main.replaceChildren(unreachable());
      dispatchEvent(new Event('page-failed')); // recover.js loads it again
    }
    return;
  }
  if (mine !== shown) {
    return; // somebody clicked on while this was loading
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
    say(title);
  } else if (within) {
    await keepFocus(page, used);
  }
}

/** The same control of the new page has the focus, where it is to be seen there. */
async function keepFocus(page, used) {
  await page.updateComplete;
  const same = page.querySelector(`[id="${used.id}"]`);
  const next = same?.checkVisibility() ? same : document.getElementById('main');
  next.focus({ preventScroll: true });
}

/** Where the gateway went away between two pages. Browsers may remember failed imports, so the document is loaded again. */
function unreachable() {
  const notice = document.createElement('p');
  notice.className = 'notice bad';
  notice.setAttribute('role', 'alert');
  const again = document.createElement('a');
  again.href = location.pathname + location.search; // with a # it would be a jump within this document
  again.target = '_self'; // loads the document anew, as main.js leaves such links to the browser
  again.textContent = 'Try now';
  notice.append('This page could not be loaded. It is tried again as soon as the gateway answers. ', again, '.');
  return notice;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no page has such a name, and says so
  }
}

/** Tells a screen reader. */
export function say(sentence) {
  document.getElementById('says').textContent = sentence;
}
