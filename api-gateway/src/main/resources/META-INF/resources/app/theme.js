// Loaded before the first paint, so that the theme does not flash.
(() => {
  const THEMES = ['system', 'light', 'dark'];
  const root = document.documentElement;

  const read = () => {
    try {
      return localStorage.getItem('theme') ?? 'system';
    } catch {
      return 'system'; // storage may be blocked
    }
  };

  const use = (theme) => {
    root.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) {
      button.textContent = `Theme: ${theme}`;
    }
    dispatchEvent(new Event('theme'));
  };

  use(read());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => dispatchEvent(new Event('theme')));
  addEventListener('DOMContentLoaded', () => {
    use(read());
    document.getElementById('theme').addEventListener('click', () => {
      const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
      try {
        localStorage.setItem('theme', next);
      } catch {
        // it then applies to this page only
      }
      use(next);
    });
  });
})();
