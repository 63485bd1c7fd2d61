import { ME, csrfToken, needsSignIn, onOtherTab, provider, sessionEnded, setCsrfToken, setUser } from './access.js';
import { Problem, read, send } from './api.js';
import { isPage } from './router.js';

const SESSION = '/api/v1/session';
const SIGN_IN_PAGE = '/sign-in';
const RETURN_TO = 'return-to';
/** What some of the provider's errors mean; its own text may be that of another page, which made up the address. */
const REFUSALS = new Map([
  ['access_denied', 'did not sign you in: it was cancelled, or you may not use this platform'],
  ['temporarily_unavailable', 'is not available at present'],
  ['server_error', 'has a problem at present'],
]);
const RETRY = 2_000;

/** Finds out who is signed in, also while the gateway starts or does not respond. */
export async function resumeSession() {
  if (needsSignIn && csrfToken() === null) {
    return; // this page could change nothing
  }
  while (true) {
    try {
      setUser(await read(ME));
      return;
    } catch (e) {
      if (![0, 429, 503].includes(e.status)) {
        return;
      }
    }
    await new Promise((done) => setTimeout(done, RETRY));
  }
}

/** Signs in; throws a Problem if the token is not accepted. */
export async function signIn(token) {
  const { csrf_token: csrf } = await send('POST', SESSION, { token });
  setCsrfToken(csrf);
  setUser(await read(ME));
}

export async function signOut() {
  const answer = await send('DELETE', SESSION);
  setCsrfToken(null);
  sessionEnded();
  if (answer?.sign_out_url) {
    location.assign(answer.sign_out_url); // to sign out at the OpenID provider, which returns to this page
  }
}

/** Goes to the OpenID provider, which returns to /sign-in; then the present page is shown again. */
export async function signInAtProvider() {
  const { authorization_url: url } = await send('POST', `${SESSION}/provider`);
  remember(isPage(location.pathname) ? location.pathname + location.search : '/');
  location.assign(url);
}

let failure = null;

/** Why the sign-in at the provider was not completed; null if it was, or it was shown already. */
export function takeSignInFailure() {
  const last = failure;
  failure = null;
  return last;
}

/** Completes a sign-in if the provider has just returned to this page. */
export async function completeSignIn() {
  if (location.pathname !== SIGN_IN_PAGE) {
    return;
  }
  const parameters = new URLSearchParams(location.search);
  history.replaceState(null, '', remembered()); // the code must not stay in the history
  const [code, state, refusal] = ['code', 'state', 'error'].map((name) => parameters.get(name));
  if (refusal !== null) {
    failure = new Problem(401, { title: 'The sign-in failed', detail: `${provider} ${REFUSALS.get(refusal) ?? 'refused the sign-in'}. Sign in again, or use an access token.` });
  } else if (code !== null && state !== null) {
    try {
      const { csrf_token: csrf } = await send('POST', SESSION, { code, state });
      setCsrfToken(csrf);
    } catch (e) {
      failure = e;
    }
  }
}

function remember(page) {
  try {
    sessionStorage.setItem(RETURN_TO, page);
  } catch {
    // storage is blocked; the home page is shown instead
  }
}

/** Only a page of this gateway. */
function remembered() {
  try {
    const page = new URL(sessionStorage.getItem(RETURN_TO) ?? '/', location.origin);
    sessionStorage.removeItem(RETURN_TO);
    return page.origin === location.origin && isPage(page.pathname) ? page.pathname + page.search : '/';
  } catch {
    return '/';
  }
}

if (needsSignIn) {
  onOtherTab(() => {
    sessionEnded();
    resumeSession();
  });
}
