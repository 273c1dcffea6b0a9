// A token to try the hub with, which it makes in development mode: with it the hub treats the two forms as a caller with these rights alone.
import { h, setText } from '../dom';
import { shortTime } from '../format';
import { address, claimsOf } from '../token';

interface Made {
  token: string;
  expires: number;
}

export class TryToken {
  readonly element: HTMLElement;
  #publish = h('input', { id: 'grant-publish', spellcheck: 'false', autocomplete: 'off', placeholder: 'nothing' });
  #subscribe = h('input', { id: 'grant-subscribe', spellcheck: 'false', autocomplete: 'off', placeholder: 'nothing' });
  #result = h('p', { class: 'result', role: 'status' });
  #forget = h('button', { type: 'button', class: 'quiet', hidden: true, click: () => this.#set(null) }, 'Forget it');
  #claims = h('code');
  #says = h('details', { hidden: true }, h('summary', {}, 'What it says'), h('pre', { class: 'payload', tabindex: '0', 'aria-label': 'The token’s claims' }, this.#claims));
  #made: Made | null = null;
  #end: ReturnType<typeof setTimeout> | undefined;

  constructor(topic: string, readonly changed: () => void) {
    this.#publish.value = topic;
    this.#subscribe.value = topic;
    this.element = h('section', { class: 'card token', hidden: true },
      h('h2', {}, 'Token'),
      h('p', { class: 'faint' }, 'In development mode everybody on this machine may do everything, without one. With one, the forms below and their code go to the hub as somebody who may do this and no more:'),
      h('form', { class: 'grants', submit: (event: Event) => void this.#make(event) },
        h('div', { class: 'field' }, h('label', { for: 'grant-publish' }, 'May publish to'), this.#publish),
        h('div', { class: 'field' }, h('label', { for: 'grant-subscribe' }, 'May read private events of'), this.#subscribe),
        h('button', { type: 'submit' }, 'Make a token'), this.#forget),
      h('p', { class: 'faint small' }, 'Topics with spaces between them, or * for all.'),
      this.#result,
      this.#says);
  }

  /** The token; null where none was made. One that has ended is shown to the hub like any other. */
  get value(): string | null {
    return this.#made?.token ?? null;
  }

  destroy(): void {
    clearTimeout(this.#end);
  }

  async #make(event: Event): Promise<void> {
    event.preventDefault();
    const query = new URLSearchParams();
    for (const topic of topicsIn(this.#publish.value)) query.append('publish', topic);
    for (const topic of topicsIn(this.#subscribe.value)) query.append('subscribe', topic);
    try {
      const response = await fetch(address(`live/token?${query}`), { method: 'POST' });
      if (response.ok) this.#set((await response.json()) as Made);
      else this.#fail((await response.text()).trim());
    } catch {
      this.#fail('The hub cannot be reached.');
    }
  }

  #set(made: Made | null): void {
    clearTimeout(this.#end);
    this.#made = made;
    this.#result.classList.remove('bad');
    setText(this.#result, made ? `In use until ${shortTime(made.expires)}. It counts on this hub alone, until the hub stops.` : 'Forgotten: no token is in use.');
    setText(this.#claims, made ? JSON.stringify(claimsOf(made.token), null, 2) : '');
    this.#says.hidden = this.#forget.hidden = made === null;
    if (made) this.#end = setTimeout(() => this.#fail(`It ended at ${shortTime(made.expires)}: the hub refuses it from now on. Make another, or forget it.`), made.expires - Date.now());
    this.changed();
  }

  #fail(sentence: string): void {
    setText(this.#result, sentence);
    this.#result.classList.add('bad');
  }
}

const topicsIn = (text: string): string[] => text.split(/\s+/).filter(Boolean);
