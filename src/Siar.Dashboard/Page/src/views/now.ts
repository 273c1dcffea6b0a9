// Now: what the hub does, and did over the last five minutes.
import { byteSteps, Chart, type Line, wholeSteps } from '../chart';
import { h, setText } from '../dom';
import { bytes, clockTime, count, milliseconds, rate, words } from '../format';
import type { Hub } from '../hub';
import { type Moment, sum } from '../samples';
import type { View } from './view';

interface Figure {
  title: string;
  lines: Line<Moment>[];
  text: (sample: Moment) => string;
  note?: (sample: Moment) => string;
  axis: (value: number) => string;
  steps?: number[];
}

const line = (label: string, value: (sample: Moment) => number | null, color = '--series-1'): Line<Moment> => ({ label, value, color });

const figures: Figure[] = [
  { title: 'Connections', lines: [line('open', (s) => s.connections)], text: (s) => count(s.connections), note: () => 'open streams', axis: count, steps: wholeSteps },
  { title: 'Deliveries', lines: [line('a second', (s) => s.deliveries)], text: (s) => rate(s.deliveries), note: () => 'events a second to readers', axis: rate, steps: wholeSteps },
  { title: 'Publishes', lines: [line('a second', (s) => s.publishes)], text: (s) => rate(s.publishes), note: (s) => `events a second; ${count(s.head)} so far`, axis: rate, steps: wholeSteps },
  { title: 'Sent', lines: [line('a second', (s) => s.bytes)], text: (s) => `${bytes(s.bytes)}/s`, note: () => 'of events', axis: bytes, steps: byteSteps },
  {
    title: 'Publish to write', lines: [line('half', (s) => s.latencyMedian, '--series-1'), line('99 of 100', (s) => s.latencyHigh, '--series-2')],
    text: (s) => milliseconds(s.latencyMedian), note: (s) => (s.latencyMedian === null ? 'nothing was written just now' : `half are faster; 99 of 100 within ${milliseconds(s.latencyHigh)}`), axis: (v) => (v === 0 ? '0' : milliseconds(v)),
  },
  { title: 'Behind', lines: [line('readers', (s) => s.behind, '--series-3')], text: (s) => count(s.behind), note: () => 'readers not level with the log', axis: count, steps: wholeSteps },
  {
    title: 'Memory', lines: [line('process', (s) => s.memory, '--series-1'), line('heap', (s) => s.heap, '--series-2'), line('window', (s) => s.window, '--series-3')],
    text: (s) => bytes(s.memory), note: (s) => `heap ${bytes(s.heap)}, newest events ${bytes(s.window)}`, axis: bytes, steps: byteSteps,
  },
  { title: 'Processors', lines: [line('busy', (s) => s.processors)], text: (s) => s.processors.toFixed(2), note: () => 'kept busy by the hub’s process', axis: (v) => v.toFixed(1) },
];

// What should not happen, with the reasons where there are some.
const troubles: Figure[] = [
  { title: 'Gaps', lines: [line('met', (s) => s.newGaps, '--series-2')], text: (s) => count(s.gaps), note: () => 'met by readers: events they asked for were gone', axis: count, steps: wholeSteps },
  { title: 'Refused', lines: [line('refused', (s) => s.newRefusals, '--series-2')], text: (s) => count(sum(s.refusals)), note: () => 'requests since the hub’s start', axis: count, steps: wholeSteps },
];

export class NowView implements View {
  readonly element = h('div', { class: 'now' });
  #figures = figures.map((figure) => new Card(figure));
  #troubles = troubles.map((figure) => new Card(figure));
  #cards = [...this.#figures, ...this.#troubles];
  #refused = h('div');
  #ended = h('section', { class: 'card' });
  #stop: () => void;

  constructor(readonly hub: Hub) {
    this.element.append(
      h('h1', { class: 'unseen' }, 'Now'),
      h('div', { class: 'cards' }, ...this.#figures.map((c) => c.element)),
      h('div', { class: 'counts' }, ...this.#troubles.map((c) => c.element), this.#ended),
    );
    this.#troubles.at(-1)!.element.append(this.#refused);
    let drawing = 0;
    const draw = () => {
      drawing = 0;
      this.#draw();
    };
    // The history comes in one go: it is drawn once.
    const stop = hub.history.watch(() => (drawing ||= requestAnimationFrame(draw)));
    this.#stop = () => {
      stop();
      cancelAnimationFrame(drawing);
    };
    this.#draw();
  }

  repaint(): void {
    for (const card of this.#cards) card.repaint();
  }

  destroy(): void {
    this.#stop();
    for (const card of this.#cards) card.destroy();
  }

  #draw(): void {
    const samples = this.hub.history.samples;
    for (const card of this.#cards) card.draw(samples);
    const last = samples.at(-1);
    if (!last) return;
    this.#refused.replaceChildren(reasons(last.refusals));
    this.#ended.replaceChildren(h('h2', {}, 'Streams ended'), h('p', { class: 'figure' }, count(sum(last.ended))), h('p', { class: 'note' }, 'since the hub’s start'), reasons(last.ended));
  }
}

/** The most frequent first. */
function reasons(counts: Record<string, number>): HTMLElement {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return h('dl', { class: 'rows' }, ...rows.flatMap(([name, value]) => [h('dt', {}, words(name)), h('dd', {}, count(value))]));
}

class Card {
  readonly element: HTMLElement;
  #value = h('p', { class: 'figure' }, '–');
  #note = h('p', { class: 'note' }, '\u00a0');
  #chart: Chart<Moment>;
  #last: Moment | null = null;
  #hovered: Moment | null = null;

  constructor(readonly figure: Figure) {
    this.#chart = new Chart(figure.lines, figure.axis, (sample) => {
      this.#hovered = sample;
      this.#tell();
    }, figure.steps);
    const keys = figure.lines.length > 1
      ? h('ul', { class: 'keys', 'aria-hidden': 'true' }, ...figure.lines.map((l) => h('li', { 'data-color': l.color.slice(2) }, l.label)))
      : null;
    this.element = h('section', { class: 'card' }, h('div', { class: 'card-head' }, h('h2', {}, figure.title), keys), this.#value, this.#note, this.#chart.element);
  }

  draw(samples: readonly Moment[]): void {
    this.#last = samples.at(-1) ?? null;
    this.#chart.draw(samples);
    this.#tell();
  }

  repaint(): void {
    this.#chart.repaint();
  }

  destroy(): void {
    this.#chart.destroy();
  }

  #tell(): void {
    const sample = this.#hovered ?? this.#last;
    if (!sample) return;
    setText(this.#value, this.figure.text(sample));
    setText(this.#note, this.#hovered ? `at ${clockTime(sample.time)}` : (this.figure.note?.(sample) ?? ''));
  }
}
