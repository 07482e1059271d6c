/** Theme choice, the search shortcut, menus, dismissible messages, focus after a refused form. */

export function enhanceShell(): void {
  themeButtons();
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', onClick);
  document.querySelector<HTMLElement>('[data-autofocus]')?.focus();
}

function themeButtons(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>('[data-theme-choice]');
  const show = (): void => {
    const chosen = document.documentElement.dataset['theme'] ?? 'auto';
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset['themeChoice'] === chosen)));
  };
  buttons.forEach((button) =>
    button.addEventListener('click', () => {
      localStorage.setItem('theme', button.dataset['themeChoice'] ?? 'auto');
      dispatchEvent(new Event('dean06:theme')); // theme.js applies it
      show();
      button.closest('details')?.removeAttribute('open');
      button.closest('details')?.querySelector('summary')?.focus();
    }),
  );
  show();
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape') {
    const menu = document.querySelector<HTMLDetailsElement>('details.menu[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = document.querySelector<HTMLInputElement>(`input[data-shortcut="${CSS.escape(event.key)}"]`);
  if (field && field.offsetParent !== null) {
    event.preventDefault();
    field.focus();
    field.select();
  }
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  document.querySelectorAll<HTMLDetailsElement>('details.menu[open]').forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });
  const button = target.closest<HTMLElement>('[data-dismiss]');
  if (button) button.closest(button.dataset['dismiss'] ?? '')?.remove();
  if (target.closest('[data-print]')) print();
}
