// A plain script, loaded first: if a part of the page cannot be loaded, it reloads the page once the gateway responds.
(() => {
  const COUNT = 'reloads';
  const FIRST_PAUSE = 1_000;
  const MAX_PAUSE = 30_000;
  const PROBE_TIMEOUT = 5_000;
  const SLOW = 4_500;
  let recovering = false;

  const count = (change) => {
    try {
      const tries = Number(sessionStorage.getItem(COUNT) ?? 0);
      sessionStorage.setItem(COUNT, change === undefined ? tries : change);
      return tries;
    } catch {
      return 5; // storage may be blocked; then use the longest pause
    }
  };

  const recover = () => {
    if (!recovering) {
      recovering = true;
      setTimeout(probe, Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** count()));
    }
  };

  const probe = async () => {
    try {
      await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_TIMEOUT) });
      count(count() + 1); // a permanently missing part must not cause reloads without a pause
      location.reload();
    } catch {
      setTimeout(probe, FIRST_PAUSE);
    }
  };

  /** Before main.js runs, nothing else can explain an empty page. */
  const explain = () => {
    const main = document.getElementById('main');
    if (main && !('started' in document.documentElement.dataset)) {
      main.textContent = 'The gateway does not respond, so this page is incomplete. It keeps trying and continues by itself.';
    }
  };

  /** Style sheets are requested again without a reload, which would lose form input. */
  let linkTries = 0;
  const requestAgain = (link) =>
    setTimeout(() => link.replaceWith(link.cloneNode()), Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** linkTries++));

  addEventListener(
    'error',
    ({ target }) => {
      if (target instanceof HTMLLinkElement && !('optional' in target.dataset)) {
        requestAgain(target);
      } else if (target instanceof HTMLScriptElement && !('optional' in target.dataset)) {
        explain();
        recover();
      }
    },
    true,
  );
  addEventListener('page-failed', recover);
  // Only a page that stays complete resets the count, so that the pauses between reloads grow.
  addEventListener('page-shown', () => setTimeout(() => recovering || count(0), MAX_PAUSE));
  setTimeout(explain, SLOW);
})();
