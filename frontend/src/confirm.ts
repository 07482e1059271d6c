/**
 * `<form data-confirm="Xóa bản ghi này?" data-confirm-yes="Xóa">`: asks before it is sent. A checked choice
 * with a `data-confirm` of its own asks that instead.
 */
import { text } from './texts';

export function enhanceConfirm(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#confirm');
  if (!dialog) return;
  const answered = new WeakSet<HTMLFormElement>();
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target as HTMLFormElement;
      const chosen = form.querySelector<HTMLInputElement>('input[data-confirm]:checked');
      const question = form.dataset['confirm'] && (chosen?.dataset['confirm'] ?? form.dataset['confirm']);
      if (!question || answered.has(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      void ask(dialog, question, form.dataset['confirmYes']).then((yes) => {
        if (!yes) return;
        answered.add(form);
        form.requestSubmit(submitter);
        answered.delete(form);
      });
    },
    { capture: true },
  );
}

function ask(dialog: HTMLDialogElement, question: string, yesLabel: string | undefined): Promise<boolean> {
  const words = dialog.querySelector('[data-confirm-text]');
  const yes = dialog.querySelector('[data-confirm-yes]');
  if (words) words.textContent = question;
  if (yes) yes.textContent = yesLabel ?? text('confirm');
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
