// One topic: its events as they come.
import { copyButton, h, setText } from '../dom';
import { EventList, tellCount } from '../event-list';
import type { Hub } from '../hub';
import { publishCurl, subscribeCurl } from '../snippets';
import { HubStream } from '../stream';
import { address, onToken, token } from '../token';
import type { View } from './view';

// How many of the newest events are shown at first.
const newest = 20;

export class TopicEventsView implements View {
  readonly element = h('div');
  #list: EventList;
  #search = h('input', { type: 'search', id: 'search', placeholder: 'Text, id or type', input: () => this.#list.search(this.#search.value) });
  #pause = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false', click: () => this.#toggle() }, 'Pause');
  #count = h('p', { class: 'faint' }, 'No events yet');
  #empty = h('p', { class: 'empty' }, 'Connecting…');
  #stream: HubStream | null = null;
  #stop: () => void;

  constructor(readonly hub: Hub, readonly topic: string) {
    this.#list = new EventList((event) => this.#curlOf(event.data, event.type), () => this.#changed());
    const curl = () => subscribeCurl({ url: hub.eventsAddress(topic) ?? '', from: '', token: token() });
    this.element.append(
      h('div', { class: 'head' },
        h('p', { class: 'crumbs' }, h('a', { href: '#topics' }, 'Topics'), ' / '),
        h('h1', { class: 'topic' }, topic),
        this.#count,
        h('div', { class: 'tools' },
          h('label', { for: 'search', class: 'unseen' }, 'Show events with'), this.#search, this.#pause,
          h('button', { type: 'button', class: 'quiet', click: () => this.#list.clear() }, 'Clear'),
          copyButton('Copy as curl', curl, 'Copy as curl: the subscription'),
          h('a', { class: 'button quiet', href: `#try/${encodeURIComponent(topic)}` }, 'Publish to it'))),
      this.#empty,
      this.#list.element,
    );
    this.#open();
    this.#stop = onToken(() => this.#open());
  }

  destroy(): void {
    this.#stop();
    this.#stream?.close();
  }

  #open(): void {
    this.#stream?.close();
    const query = new URLSearchParams({ topic: this.topic, last: String(newest) });
    this.#stream = new HubStream(address(`live/events?${query}`), {
      event: (event) => this.#list.add(event),
      gap: (gap) => this.#list.gap(gap),
      state: (state) => setText(this.#empty,
        state.kind === 'refused' ? state.sentence : state.kind === 'live' ? 'Listening. Events on this topic appear here as they come.' : state.kind === 'waiting' ? state.why : 'Connecting…'),
    });
  }

  #toggle(): void {
    const paused = this.#pause.getAttribute('aria-pressed') !== 'true';
    this.#pause.setAttribute('aria-pressed', String(paused));
    setText(this.#pause, paused ? 'Go on' : 'Pause');
    this.#list.pause(paused);
  }

  #changed(): void {
    tellCount(this.#count, this.#list, this.#search.value);
    this.#empty.hidden = this.#list.size > 0;
  }

  #curlOf(data: string, type: string | undefined): string | null {
    const url = this.hub.eventsAddress(this.topic);
    return url && publishCurl({ url, data, type: type ?? '', isPrivate: false, token: token() });
  }
}
