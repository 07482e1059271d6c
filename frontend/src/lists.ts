/** What htmx leaves to us: speaking results, keeping the list in view, and failures that must not be silent. */
import { announce, text } from './texts';

interface HtmxContext {
  sourceElement: Element;
  request: { body?: FormData };
  target?: Element;
  response?: { raw: Response; status: number };
}
type HtmxEvent = CustomEvent<{ ctx: HtmxContext }>;

export function enhanceLists(): void {
  document.addEventListener('htmx:before:response', (event) => {
    const raw = (event as HtmxEvent).detail.ctx.response?.raw;
    // A session that ended answers with the sign-in page: show it as a page, not inside a list.
    if (raw?.redirected) {
      event.preventDefault();
      location.assign(location.href);
    }
  });
  // Addresses that people copy hold only what was asked: no empty search, no empty filter.
  document.addEventListener('htmx:config:request', (event) => {
    const { sourceElement, request } = (event as HtmxEvent).detail.ctx;
    if (!sourceElement.matches('.list-form') || !request.body) return;
    for (const [name, value] of [...request.body]) if (value === '') request.body.delete(name);
  });
  document.addEventListener('htmx:after:swap', (event) => {
    const id = (event as HtmxEvent).detail.ctx.target?.id;
    const results = id ? document.getElementById(id) : null;
    if (!results?.dataset['announce']) return;
    announce(results.dataset['announce']);
    if (results.getBoundingClientRect().top < 0) results.closest('.list')?.scrollIntoView();
  });
  document.addEventListener('htmx:response:error', fail);
  document.addEventListener('htmx:error', fail);
}

function fail(): void {
  const flash = document.createElement('div');
  flash.className = 'flash flash-error';
  flash.setAttribute('role', 'alert');
  flash.append(Object.assign(document.createElement('p'), { textContent: text('failed') }));
  document.querySelector('.flashes')?.replaceChildren(flash);
  flash.scrollIntoView({ block: 'nearest' });
}
