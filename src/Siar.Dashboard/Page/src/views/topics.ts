// Topics: the most active ones.
import { h, setText } from '../dom';
import { ago, count, fullTime, rate } from '../format';
import type { TopicFigures, Topics } from '../samples';
import { Table } from '../table';
import { feed, waitingText } from './feed';
import type { View } from './view';

export class TopicsView implements View {
  readonly element = h('div');
  #told: Topics | null = null;
  #filter = h('input', { type: 'search', id: 'filter', placeholder: 'Part of a topic', input: () => this.#draw() });
  #summary = h('p', { class: 'faint', role: 'status' });
  #waiting = h('p', { class: 'empty' }, 'Asking the hub…');
  #place = h('div', {}, this.#waiting);
  #table: Table<TopicFigures>;
  #stop: () => void;

  constructor() {
    const now = () => this.#told!.time;
    this.#table = new Table<TopicFigures>('Topics', [
      { title: 'Topic', key: (t) => t.topic, heading: true, cell: (t, cell) => {
        if (!cell.firstChild) cell.append(h('a', { href: `#topics/${encodeURIComponent(t.topic)}` }, t.topic));
      } },
      { title: 'Events a second', key: (t) => t.rate, number: true, cell: (t, cell) => this.#bar(t, cell) },
      { title: 'Subscribers', key: (t) => t.subscribers, number: true, cell: (t) => count(t.subscribers) },
      { title: 'Events seen', key: (t) => t.events, number: true, minor: true, cell: (t) => count(t.events) },
      { title: 'Oldest kept', key: (t) => -(t.oldest ?? 0), number: true, minor: true, cell: (t, cell) => {
        cell.title = t.oldest === null ? '' : fullTime(t.oldest);
        return t.oldest === null ? 'none' : ago(t.oldest, now());
      } },
      { title: 'Newest', key: (t) => t.newest, number: true, cell: (t, cell) => {
        cell.title = fullTime(t.newest);
        return ago(t.newest, now());
      } },
    ], (t) => t.topic, 1);
    this.element.append(
      h('div', { class: 'head' }, h('h1', {}, 'Topics'), this.#summary, h('div', { class: 'tools' }, h('label', { for: 'filter', class: 'unseen' }, 'Show topics with'), this.#filter)),
      this.#place,
    );
    this.#stop = feed<Topics>('topics', (told) => {
      this.#told = told;
      this.#draw();
    }, (state) => {
      if (!this.#told) setText(this.#waiting, waitingText(state));
    });
  }

  destroy(): void {
    this.#stop();
  }

  #draw(): void {
    if (!this.#told) return;
    const part = this.#filter.value.toLowerCase();
    const topics = this.#told.topics.filter((t) => t.topic.toLowerCase().includes(part));
    const shown = this.#told.topics.length;
    setText(this.#summary, this.#told.known > shown ? `The ${shown} most active of ${count(this.#told.known)}` : shown === 1 ? 'One topic' : `${shown} topics`);
    if (topics.length > 0) {
      if (!this.#table.element.isConnected) this.#place.replaceChildren(this.#table.element);
      this.#table.show(topics);
    } else if (shown > 0) this.#place.replaceChildren(h('p', { class: 'empty' }, `No topic has “${this.#filter.value}” in it.`));
    else this.#place.replaceChildren(empty());
  }

  #bar(topic: TopicFigures, cell: HTMLTableCellElement): void {
    const most = Math.max(...this.#told!.topics.map((t) => t.rate), 1);
    if (!cell.firstChild) cell.append(h('span', {}), h('meter', { min: '0', 'aria-hidden': 'true' }));
    setText(cell.firstElementChild!, rate(topic.rate));
    const meter = cell.lastElementChild as HTMLMeterElement;
    meter.max = most;
    meter.value = topic.rate;
  }
}

const empty = (): HTMLElement => h('div', { class: 'empty' },
  h('p', {}, h('strong', {}, 'Nothing was published yet.')),
  h('p', {}, 'Topics appear here with their first event. ', h('a', { href: '#try' }, 'Publish one'), '.'));
