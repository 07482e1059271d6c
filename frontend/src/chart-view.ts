/** Draws one chart with ECharts (SVG). Loaded on demand by charts.ts. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ChartData, ChartPoint } from './charts';
import { announce, percent, text } from './texts';

echarts.use([BarChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

type Kind = 'line' | 'bar';

export function mount(canvas: HTMLElement, kind: Kind, data: ChartData): void {
  if (kind === 'bar' && lying(data)) canvas.style.height = `${3.5 + 2 * data.points.length}rem`;
  const chart = echarts.init(canvas, null, { renderer: 'svg' });
  const paint = (): void => chart.setOption(options(kind, data), true);
  paint();
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', describe(data));
  canvas.tabIndex = 0;
  keyboard(canvas, chart, data.points);
  new ResizeObserver(() => chart.resize()).observe(canvas);
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
  matchMedia('print').addEventListener('change', () => {
    paint();
    chart.resize();
  });
}

function words(point: ChartPoint): string {
  const value = point.value === null ? text('noValue') : percent(point.value);
  return `${point.label}: ${value}${point.note ? ` (${point.note})` : ''}`;
}

function describe(data: ChartData): string {
  const goal = data.goal === null ? '' : ` ${data.goalLabel}: ${percent(data.goal)}.`;
  return `${data.title}.${goal} ${data.points.map(words).join('; ')}`;
}

/** Left and right walk along the points and say them. */
function keyboard(canvas: HTMLElement, chart: echarts.ECharts, points: ChartPoint[]): void {
  let at = -1;
  canvas.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    at = Math.min(Math.max(at + step, 0), points.length - 1);
    const point = points[at];
    if (!point) return;
    chart.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: at });
    announce(words(point));
  });
  canvas.addEventListener('blur', () => chart.dispatchAction({ type: 'hideTip' }));
}

/** Names of units lie; names of periods stand. */
function lying(data: ChartData): boolean {
  return data.points.some((point) => point.label.length > 8);
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(kind: Kind, data: ChartData): echarts.EChartsCoreOption {
  const soft = token('--d-soft');
  const line = token('--d-line');
  const font = getComputedStyle(document.body).fontFamily;
  const values = data.points.map((point) => point.value);
  const labels = data.points.map((point) => point.label);
  const axisText = { color: soft, fontSize: 12, fontFamily: font };
  const flat = kind === 'bar' && lying(data); // long names read better beside lying bars
  const percentAxis = {
    type: 'value',
    min: 0,
    max: 100,
    interval: 25,
    axisLabel: { ...axisText, hideOverlap: true, formatter: (value: number) => percent(value) },
    splitLine: { lineStyle: { color: line } },
  };
  const nameAxis = {
    type: 'category',
    data: labels,
    inverse: flat,
    axisLabel: { ...axisText, interval: flat ? 0 : 'auto', width: flat ? 132 : undefined, overflow: 'break', lineHeight: 15, margin: 10 },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: token('--d-line-strong') } },
  };
  return {
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 250,
    textStyle: { fontFamily: font },
    grid: { left: 4, right: flat ? 28 : 52, top: 24, bottom: 4, containLabel: true },
    tooltip: tooltip(data),
    xAxis: flat ? percentAxis : { ...nameAxis, boundaryGap: kind === 'bar' },
    yAxis: flat ? nameAxis : percentAxis,
    series: [
      {
        type: kind,
        data: values,
        color: token('--d-bar'),
        connectNulls: false,
        symbol: 'circle',
        symbolSize: 6,
        lineStyle: { width: 2 },
        barMaxWidth: 20,
        markLine: goalLine(data, flat),
      },
    ],
  };
}

function goalLine(data: ChartData, flat: boolean): object {
  if (data.goal === null) return {};
  const colour = token('--d-goal');
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    lineStyle: { color: colour, type: 'dashed', width: 1 },
    label: { formatter: percent(data.goal), color: colour, fontSize: 12, position: flat ? 'start' : 'end' },
    data: [flat ? { xAxis: data.goal } : { yAxis: data.goal }],
  };
}

function tooltip(data: ChartData): object {
  return {
    trigger: 'axis',
    confine: true,
    backgroundColor: token('--d-surface'),
    borderColor: token('--d-line-strong'),
    textStyle: { color: token('--d-text'), fontSize: 13 },
    formatter: (items: { dataIndex: number }[]) => {
      const point = data.points[items[0]?.dataIndex ?? -1];
      return point ? echarts.format.encodeHTML(words(point)) : '';
    },
  };
}
