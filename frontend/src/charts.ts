/**
 * `<figure data-chart="line|bar">` with JSON data and a table (components/chart.html). The table is the
 * page; a chart is drawn beside it when it comes into view, and only then is the chart library loaded.
 */
export interface ChartPoint {
  label: string;
  value: number | null;
  note: string;
}
export interface ChartData {
  title: string;
  goal: number | null;
  goalLabel: string;
  points: ChartPoint[];
}

const seen = new WeakSet<Element>();

export function watchCharts(root: ParentNode): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        observer.unobserve(entry.target);
        void draw(entry.target as HTMLElement);
      }
    },
    { rootMargin: '200px' },
  );
  root.querySelectorAll<HTMLElement>('figure[data-chart]').forEach((figure) => {
    if (seen.has(figure)) return;
    seen.add(figure);
    observer.observe(figure);
  });
}

async function draw(figure: HTMLElement): Promise<void> {
  const source = figure.querySelector('script[type="application/json"]')?.textContent;
  const canvas = figure.querySelector<HTMLElement>('.chart-canvas');
  if (!source || !canvas) return;
  const { mount } = await import('./chart-view');
  canvas.hidden = false;
  mount(canvas, figure.dataset['chart'] === 'bar' ? 'bar' : 'line', JSON.parse(source) as ChartData);
  figure.querySelector('details')?.removeAttribute('open');
}
