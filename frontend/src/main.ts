import htmx from 'htmx.org';
import './styles/main.scss';
import { watchCharts } from './charts';
import { enhanceConfirm } from './confirm';
import { enhanceLists } from './lists';
import { enhanceNumbers } from './numbers';
import { enhanceShell } from './shell';
import { enhanceUploads } from './upload';

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

enhanceNumbers();
enhanceShell();
enhanceConfirm();
enhanceLists();
enhanceUploads();
watchCharts(document);
document.addEventListener('htmx:after:swap', () => watchCharts(document));
