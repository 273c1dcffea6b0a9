// Try it: publish and subscribe, and the same as code.
import { h, setText } from '../dom';
import { EventList } from '../event-list';
import type { Hub } from '../hub';
import { publishSnippets, publishUrl, subscribeSnippets, subscribeUrl } from '../snippets';
import { HubStream } from '../stream';
import { CodeTabs } from '../tabs';
import { authorization, token } from '../token';
import { TryToken } from './try-token';
import type { View } from './view';

const languages = ['curl', 'C#', 'JavaScript', 'PHP', 'Go'];

export class TryView implements View {
  readonly element = h('div');
  #topic = h('input', { id: 'topic', required: true, spellcheck: 'false', autocomplete: 'off' });
  #data = h('textarea', { id: 'data', rows: '4', spellcheck: 'false' });
  #type = h('input', { id: 'type', spellcheck: 'false', autocomplete: 'off', placeholder: 'message' });
  #private = h('input', { id: 'private', type: 'checkbox' });
  #published = h('p', { class: 'result', role: 'status' });
  #publishCode = new CodeTabs('The publish as code', languages);

  #from = h('select', { id: 'from' }, h('option', { value: '' }, 'with the next event'), h('option', { value: 'earliest' }, 'with the oldest event kept'));
  #start = h('button', { type: 'submit' }, 'Subscribe');
  #listening = h('p', { class: 'result', role: 'status' });
  #subscribeTitle = h('h2');
  #subscribeCode = new CodeTabs('The subscription as code', languages);
  #list = new EventList(() => null, () => {});
  #stream: HubStream | null = null;
  #made: TryToken;
  #stop: () => void;

  constructor(readonly hub: Hub, topic: string) {
    this.#topic.value = topic || 'greetings';
    this.#data.value = JSON.stringify({ hello: 'world' });
    this.#made = new TryToken(this.#topic.value, () => this.#tell());
    const body = h('div', { class: 'try' }, this.#made.element, this.#publishForm(), this.#subscribeForm());
    const missing = h('p', { class: 'notice', hidden: true }, 'This application has not mapped the plain API (app.MapSiar()), so there is nothing to try from here.');
    this.element.append(h('div', { class: 'head' }, h('h1', {}, 'Try it')), missing, body);
    this.element.addEventListener('input', () => this.#tell());
    const about = () => {
      missing.hidden = !this.hub.about || this.hub.about.events !== null;
      // Before the hub has said where its API is, a click could do nothing.
      body.inert = !this.hub.about?.events;
      this.#made.element.hidden = !this.hub.about?.development;
      this.#tell();
    };
    this.#stop = hub.watch(about);
    about();
  }

  destroy(): void {
    this.#stop();
    this.#made.destroy();
    this.#stream?.close();
  }

  #publishForm(): HTMLElement {
    return h('section', { class: 'card' },
      h('h2', {}, 'Publish'),
      h('form', { submit: (event: Event) => void this.#publish(event) },
        field('Topic', this.#topic),
        field('Data', this.#data),
        h('div', { class: 'pair' }, field('Type', this.#type), h('label', { class: 'check' }, this.#private, 'Private: only for readers whose token grants the topic')),
        h('div', { class: 'row' }, h('button', { type: 'submit' }, 'Publish'), this.#published)),
      this.#publishCode.element);
  }

  #subscribeForm(): HTMLElement {
    return h('section', { class: 'card' },
      this.#subscribeTitle,
      h('form', { submit: (event: Event) => this.#toggle(event) },
        field('Begin', this.#from),
        h('div', { class: 'row' }, this.#start, this.#listening)),
      this.#subscribeCode.element,
      this.#list.element);
  }

  #tell(): void {
    const url = this.hub.eventsAddress(this.#topic.value || 'topic') ?? `${location.origin}/events/topic`;
    setText(this.#subscribeTitle, `Subscribe to ${this.#topic.value || '…'}`);
    this.#publishCode.show(publishSnippets(this.#request(url)));
    this.#subscribeCode.show(subscribeSnippets({ url, from: this.#from.value, token: this.#token }));
  }

  #request(url: string) {
    return { url, data: this.#data.value, type: this.#type.value, isPrivate: this.#private.checked, token: this.#token };
  }

  async #publish(event: Event): Promise<void> {
    event.preventDefault();
    const url = this.hub.eventsAddress(this.#topic.value);
    if (!url) return;
    try {
      const response = await fetch(publishUrl(this.#request(url)), { method: 'POST', body: this.#data.value, headers: { 'content-type': 'text/plain', ...authorization(this.#token) } });
      const text = await response.text();
      setText(this.#published, response.ok ? `Published as ${(JSON.parse(text) as { id: string }).id}` : text.trim());
      this.#published.classList.toggle('bad', !response.ok);
    } catch {
      setText(this.#published, 'The hub cannot be reached.');
      this.#published.classList.add('bad');
    }
  }

  /** The token made here; outside of development mode the one that the page was given. */
  get #token(): string | null {
    return this.#made.value ?? token();
  }

  #end(): void {
    this.#stream?.close();
    this.#stream = null;
    setText(this.#start, 'Subscribe');
  }

  #toggle(event: Event): void {
    event.preventDefault();
    if (this.#stream) {
      this.#end();
      setText(this.#listening, 'Stopped.');
      return;
    }
    const url = this.hub.eventsAddress(this.#topic.value);
    if (!url || !this.#topic.reportValidity()) return;
    setText(this.#start, 'Stop');
    this.#stream = new HubStream(subscribeUrl({ url, from: this.#from.value, token: this.#token }), {
      event: (e) => this.#list.add(e),
      gap: (gap) => this.#list.gap(gap),
      state: (state) => {
        const texts = { connecting: 'Connecting…', live: `Listening to ${this.#topic.value}.`, waiting: 'Reconnecting…', refused: '' };
        setText(this.#listening, state.kind === 'refused' ? state.sentence : texts[state.kind]);
        this.#listening.classList.toggle('bad', state.kind === 'refused');
        if (state.kind === 'refused') this.#end();
      },
    }, null, () => this.#token);
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control);
}
