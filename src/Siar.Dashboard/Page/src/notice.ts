// What stands above a view when the hub does not tell anything: it asks for a token, refuses, or cannot be reached.
import { h, setText } from './dom';
import { shortTime } from './format';
import type { Hub } from './hub';
import type { StreamState } from './stream';
import { endOf, setToken, token } from './token';

type Refused = Extract<StreamState, { kind: 'refused' }>;

export class Notice {
  #gate = new Gate();
  #waitingText = h('span');
  #waiting: HTMLElement;

  /** @param place where it stands; @param behind what is of no use without figures. */
  constructor(readonly place: HTMLElement, readonly behind: HTMLElement, readonly hub: Hub) {
    this.#waiting = h('p', { class: 'notice waiting' }, this.#waitingText, h('button', { type: 'button', class: 'quiet', click: () => hub.hurry() }, 'Try now'));
  }

  tell(state: StreamState): void {
    if (state.kind === 'refused') {
      this.#gate.tell(state);
      this.#put(this.#gate.element);
    } else if (state.kind === 'waiting') {
      const figures = this.hub.history.samples.length > 0 ? 'The figures are those of the last contact; trying' : 'Trying';
      setText(this.#waitingText, `${state.why} ${figures} again ${state.seconds > 1 ? `in ${state.seconds} s` : 'now'}.`);
      this.#put(this.#waiting);
    } else if (state.kind === 'live') this.#put(null);
    else this.#gate.busy();
    // While the gate is asked again it stays, and so does what was typed into it.
    this.behind.hidden = this.#gate.element.isConnected;
  }

  #put(element: HTMLElement | null): void {
    if (element && element.isConnected) return;
    this.place.replaceChildren(...(element ? [element] : []));
    if (element === this.#gate.element) this.#gate.focus();
  }
}

/** Asks for a token, and says why. */
class Gate {
  readonly element: HTMLFormElement;
  #title = h('h1', { id: 'gate' });
  #sentence = h('p', { role: 'alert' });
  #field = h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, placeholder: 'eyJ…' });
  #use = h('button', { type: 'submit' }, 'Use it');
  #forget = h('button', { type: 'button', class: 'quiet', click: () => setToken(null) }, 'Forget the one in use');

  constructor() {
    this.element = h('form', { class: 'notice gate', 'aria-labelledby': 'gate', submit: (event: Event) => {
      event.preventDefault();
      setToken(this.#field.value.trim());
    } },
      this.#title,
      this.#sentence,
      h('div', { class: 'row' }, h('label', { for: 'token', class: 'unseen' }, 'Token'), this.#field, this.#use, this.#forget),
      h('p', { class: 'faint' }, 'A token that may subscribe to everything shows this page; one that may publish to everything ends streams as well. On the hub’s machine, with its keys:'),
      h('pre', { tabindex: '0' }, h('code', {}, "siar token --subscribe '*' --publish '*' --expires 1h")));
  }

  focus(): void {
    this.#field.focus();
  }

  busy(): void {
    this.#use.disabled = true;
  }

  tell(state: Refused): void {
    const [title, sentence] = words(state);
    setText(this.#title, title);
    setText(this.#sentence, sentence);
    this.#forget.hidden = token() === null;
    this.#use.disabled = false;
    this.#field.value = '';
    if (this.element.isConnected) this.focus();
  }
}

function words(state: Refused): [title: string, sentence: string] {
  const shown = token();
  // What cannot even be sent as a token is answered 400.
  if (![400, 401, 403].includes(state.status) || (state.status === 400 && !shown)) return ['The hub does not answer this page', state.sentence];
  if (!shown && state.status === 401) return ['This hub asks for a token', 'This page is open to everybody; what it shows of the hub is for whoever has a token.'];
  if (!shown) return ['You may not watch this hub', state.sentence];
  if (state.status === 403) return ['This token may not watch the hub', state.sentence];
  const end = endOf(shown);
  if (end !== null && end <= Date.now()) return ['The token has ended', `It was good until ${shortTime(end)}. The page goes on with another one.`];
  return ['The hub does not take this token', end === null && shown.split('.').length !== 3 ? 'What was given is no token: it has three parts with dots between them.' : state.sentence];
}
