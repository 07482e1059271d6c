/**
 * An identity number must not get into an address: addresses stay in histories, logs and bookmarks. Forms
 * that ask by address (searches, filters) refuse to be sent while a field holds one; the server refuses too.
 */
import { text } from './texts';

type Field = HTMLInputElement | HTMLTextAreaElement;

const NUMBER = /(?<![\w-])0\d{11}(?![\w-])/;

function holdsNumber(value: string): boolean {
  return NUMBER.test(value.replace(/(?<=\d)[\s.]+(?=\d)/g, ''));
}

function asksByAddress(target: EventTarget | null): target is Field {
  const field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
  return field?.form?.method === 'get';
}

export function enhanceNumbers(): void {
  const refuse = (event: Event): void => {
    if (!asksByAddress(event.target)) return;
    const found = holdsNumber(event.target.value);
    event.target.setCustomValidity(found ? text('personalNumber') : '');
    if (!found) return;
    event.stopImmediatePropagation(); // no search while typing
    event.target.reportValidity();
  };
  for (const name of ['input', 'change', 'search']) document.addEventListener(name, refuse, { capture: true });
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.method !== 'get' || form.checkValidity()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      form.reportValidity();
    },
    { capture: true },
  );
}
