// @ts-check
// Runs before the first paint (a plain blocking script), so that a dark page never flashes white.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = localStorage.getItem('theme');
    root.dataset['theme'] = chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
    root.dataset['bsTheme'] = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light';
  };
  apply();
  root.classList.add('js');
  dark.addEventListener('change', apply);
  addEventListener('storage', apply);
  addEventListener('dean06:theme', apply);
})();
