// Events as they come, newest first.
import { copyButton, h, setText } from './dom';
import { bytes, clockTime, count, fullTime } from './format';
import { coloured, prettify } from './payload';
import type { GapSignal, HubEvent } from './stream';

const most = 200;
const gapReasons: Record<string, string> = {
  trimmed: 'the log had dropped them',
  'unknown-id': 'the hub does not know the last one',
  'other-epoch': 'the hub was started anew with an empty log',
  damaged: 'the log’s file is damaged there',
  'presence-paused': 'nobody listened to who comes and goes for a while',
};

export class EventList {
  readonly element = h('div', { class: 'events', role: 'log', 'aria-label': 'Events, newest first', 'aria-live': 'off' });
  #waiting: HubEvent[] = [];
  #paused = false;
  #part = '';

  constructor(readonly curl: (event: HubEvent) => string | null, readonly changed: () => void) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  get size(): number {
    return this.element.querySelectorAll('article').length;
  }

  add(event: HubEvent): void {
    if (this.#paused) this.#waiting.push(event);
    else this.#put(event);
    if (this.#waiting.length > most) this.#waiting.shift();
    this.changed();
  }

  gap(gap: GapSignal): void {
    this.element.prepend(h('p', { class: 'gap', role: 'alert' }, `A gap: events before this point are gone, since ${gapReasons[gap.reason] ?? gap.reason}.`));
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    if (!paused) for (const event of this.#waiting.splice(0)) this.#put(event);
    this.changed();
  }

  search(part: string): void {
    this.#part = part.toLowerCase();
    for (const item of this.element.querySelectorAll('article')) this.#hideOther(item);
    this.changed();
  }

  clear(): void {
    this.#waiting = [];
    this.element.replaceChildren();
    this.changed();
  }

  #put(event: HubEvent): void {
    const { kind, text } = prettify(event.data);
    const curl = this.curl(event);
    const time = Date.parse(event.time);
    const item = h('article', { class: 'event' },
      h('header', {},
        h('time', { datetime: event.time, title: fullTime(time) }, clockTime(time)),
        event.type && h('span', { class: 'tag' }, event.type),
        h('code', { class: 'id', title: event.id }, event.id),
        h('span', { class: 'faint' }, `${kind}, ${bytes(new Blob([event.data]).size)}`),
        curl !== null && copyButton('Copy as curl', () => curl, `Copy as curl: event ${event.id}`)),
      coloured(kind, text));
    item.querySelector('pre')!.setAttribute('aria-label', `Data of event ${event.id}`);
    item.dataset.text = `${event.id} ${event.type ?? ''} ${event.data}`.toLowerCase();
    this.#hideOther(item);
    this.element.prepend(item);
    while (this.element.children.length > most) this.element.lastElementChild!.remove();
  }

  #hideOther(item: HTMLElement): void {
    item.hidden = this.#part !== '' && !item.dataset.text!.includes(this.#part);
  }
}

/** Says how many events are shown of how many. */
export function tellCount(element: Element, list: EventList, search: string): void {
  const all = list.size;
  const shown = list.element.querySelectorAll('article:not([hidden])').length;
  const waiting = list.waiting > 0 ? `; ${count(list.waiting)} more since the pause` : '';
  setText(element, `${search ? `${count(shown)} of ${count(all)} events` : all === 1 ? 'One event' : `${count(all)} events`}${waiting}`);
}
