/** File fields: preview, early check of type and size, and progress while a `form[data-upload]` is sent. */
import { announce, fileSize, percent, text } from './texts';

const KEPT = 'flashes';

export function enhanceUploads(): void {
  showKept();
  document.addEventListener('change', (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.type === 'file') choose(input);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches('form[data-upload]') || event.defaultPrevented) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}

function choose(input: HTMLInputElement): void {
  const field = input.closest<HTMLElement>('[data-upload-field]');
  if (!field) return;
  const file = input.files?.[0];
  const problem = file ? refusal(input, file) : '';
  showError(field, problem);
  if (problem) input.value = '';
  const name = field.querySelector('[data-upload-name]');
  if (name) name.textContent = file && !problem ? `${file.name} (${fileSize(file.size)})` : '';
  preview(field, problem ? undefined : file);
}

function refusal(input: HTMLInputElement, file: File): string {
  const max = Number(input.dataset['maxBytes']);
  if (max && file.size > max) return text('tooLarge', { size: fileSize(file.size), max: fileSize(max) });
  const types = input.accept.split(',').map((type) => type.trim()).filter((type) => type.includes('/'));
  return types.length > 0 && !types.includes(file.type) ? text('wrongType') : '';
}

function showError(field: HTMLElement, problem: string): void {
  const words = field.querySelector('[data-upload-error]');
  if (!words) return;
  words.textContent = problem;
  words.closest<HTMLElement>('.field-error')?.toggleAttribute('hidden', !problem);
}

function preview(field: HTMLElement, file: File | undefined): void {
  const image = field.querySelector<HTMLImageElement>('.upload-preview');
  if (!image) return;
  if (image.src) URL.revokeObjectURL(image.src);
  image.hidden = !file?.type.startsWith('image/');
  if (file && !image.hidden) image.src = URL.createObjectURL(file);
  else image.removeAttribute('src');
}

function send(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const request = new XMLHttpRequest(); // fetch cannot report the progress of an upload
  const bar = form.querySelector<HTMLProgressElement>('.upload-progress');
  const button = submitter instanceof HTMLButtonElement ? submitter : null;
  const body = new FormData(form, submitter); // before the button is disabled: its value would be left out
  const stop = (): void => {
    if (button) button.disabled = false;
    if (bar) bar.hidden = true;
  };
  if (button) button.disabled = true;
  if (bar) bar.hidden = false;
  announce(text('uploading'));
  request.upload.addEventListener('progress', (event) => {
    if (!bar || !event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    bar.title = percent(bar.value);
  });
  request.addEventListener('load', () => finish(form, request, stop));
  request.addEventListener('error', () => {
    stop();
    const field = form.querySelector<HTMLElement>('[data-upload-field]');
    if (field) showError(field, text('failed'));
  });
  request.open('POST', form.action);
  request.send(body);
}

/** Follow the redirect of a saved form, or show the same form again with its errors. */
function finish(form: HTMLFormElement, request: XMLHttpRequest, stop: () => void): void {
  const target = new URL(request.responseURL || form.action, location.href);
  const page = new DOMParser().parseFromString(request.responseText, 'text/html');
  if (request.status < 400 && target.href !== new URL(form.action, location.href).href) {
    // The request has followed the redirect and so used up the messages: carry them to the page itself.
    const flashes = [...page.querySelectorAll('.flashes .flash')];
    const words = flashes.map((flash) => [flash.className, flash.querySelector('p')?.textContent ?? '']);
    sessionStorage.setItem(KEPT, JSON.stringify(words));
    location.assign(target.href);
    return;
  }
  stop();
  const answer = page.querySelector('main');
  const main = document.querySelector('main');
  if (!answer || !main) return;
  main.replaceChildren(...answer.childNodes);
  window.htmx.process(main);
  main.querySelector<HTMLElement>('[data-autofocus], [aria-invalid="true"]')?.focus();
}

function showKept(): void {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  for (const [kind, words] of JSON.parse(kept ?? '[]') as [string, string][]) {
    const flash = Object.assign(document.createElement('div'), { className: kind });
    flash.append(Object.assign(document.createElement('p'), { textContent: words }));
    document.querySelector('.flashes')?.append(flash);
  }
}
