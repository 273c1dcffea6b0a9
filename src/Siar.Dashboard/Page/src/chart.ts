// Lines over the last five minutes.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line<T> {
  label: string;
  value: (sample: T) => number | null;
  color: string;
}

// The axis grows with the hub's history, from one minute to five.
const shortest = 60;
const longest = 300;
const height = 132;

/** Steps between the lines of an axis: whole numbers, or bytes in powers of two. */
export const wholeSteps = [1, 2, 5].flatMap((n) => Array.from({ length: 12 }, (_, i) => n * 10 ** i)).sort((a, b) => a - b);
export const byteSteps = Array.from({ length: 50 }, (_, i) => 2 ** i);

const spanOf = (seconds: number): number => Math.min(longest, Math.max(shortest, seconds));

/** Where times are written below a chart: counted back from its newest sample. */
function splits(min: number, max: number): number[] {
  const span = max - min;
  const step = span <= 80 ? 20 : span <= 150 ? 30 : span <= 200 ? 60 : 120;
  // None at the very left: the other axis has its zero there.
  return Array.from({ length: Math.floor((0.94 * span) / step) + 1 }, (_, i) => max - i * step).reverse();
}

const before = (seconds: number): string => (seconds < 1 ? 'now' : seconds < 60 || seconds % 60 > 0 ? `−${seconds} s` : `−${seconds / 60} min`);

const style = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Draws lines of samples that have a time; the text beside it tells the same to whoever does not see it. */
export class Chart<T extends { time: number }> {
  readonly element = document.createElement('div');
  #plot: uPlot | null = null;
  #observer: ResizeObserver;
  #samples: readonly T[] = [];

  constructor(readonly lines: Line<T>[], readonly format: (value: number) => string, readonly hover: (sample: T | null) => void, readonly steps?: number[]) {
    this.element.className = 'chart';
    this.element.setAttribute('aria-hidden', 'true');
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(this.element);
  }

  draw(samples: readonly T[]): void {
    this.#samples = samples;
    if (this.#plot) this.#plot.setData(this.#data());
  }

  /** Draws anew in the colours of now. */
  repaint(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.#fit();
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot?.destroy();
  }

  #fit(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height });
    else this.#plot = new uPlot(this.#options(width), this.#data(), this.element);
  }

  #data(): uPlot.AlignedData {
    const times = this.#samples.map((s) => s.time / 1000);
    return [times, ...this.lines.map((line) => this.#samples.map((s) => line.value(s)))] as uPlot.AlignedData;
  }

  #range(): [from: number, to: number] {
    const [first, last] = [this.#samples[0]?.time ?? 0, this.#samples.at(-1)?.time ?? 0];
    return [last / 1000 - spanOf((last - first) / 1000), last / 1000];
  }

  #options(width: number): uPlot.Options {
    const faint = style('--faint');
    const grid = { stroke: style('--grid'), width: 1 };
    const font = `11px ${style('--sans')}`;
    return {
      width,
      height,
      legend: { show: false },
      padding: [8, 14, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'siar' }, points: { size: 7 } },
      scales: {
        x: { range: () => this.#range() },
        y: { range: (_u, _min, max) => [0, Math.max(max * 1.15, this.steps ? 4 * this.steps[0]! : 0.1)] },
      },
      axes: [
        {
          stroke: faint, font, grid: { show: false }, ticks: { show: false }, size: 28, gap: 9,
          splits: (_u, _axis, min, max) => splits(min, max),
          values: (u, times) => times.map((time) => before(Math.round(u.scales.x!.max! - time))),
        },
        {
          stroke: faint, font, grid, ticks: { show: false }, space: 34, gap: 6, incrs: this.steps,
          size: (_u, values) => 14 + 6.4 * Math.max(1, ...(values ?? []).map((v) => v.length)),
          values: (_u, values) => values.map((v) => this.format(v)),
        },
      ],
      series: [
        {},
        ...this.lines.map((line, i) => ({
          label: line.label,
          stroke: style(line.color),
          width: 1.75,
          fill: this.lines.length === 1 && i === 0 ? style(`${line.color}-soft`) : undefined,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: { setCursor: [(u) => this.hover(typeof u.cursor.idx === 'number' ? (this.#samples[u.cursor.idx] ?? null) : null)] },
    };
  }
}
