// Connections: who reads what, and who is behind.
import { h, setText } from '../dom';
import { bytes, count, duration, fullTime, words } from '../format';
import type { Hub } from '../hub';
import type { Connection, Connections } from '../samples';
import { Table } from '../table';
import { feed, waitingText } from './feed';
import type { View } from './view';

export class ConnectionsView implements View {
  readonly element = h('div');
  #told: Connections | null = null;
  #filter = h('input', { type: 'search', id: 'filter', placeholder: 'Address, name or topic', input: () => this.#draw() });
  #summary = h('p', { class: 'faint', role: 'status' });
  #waiting = h('p', { class: 'empty' }, 'Asking the hub…');
  #place = h('div', {}, this.#waiting);
  #table: Table<Connection>;
  #stop: () => void;

  constructor(readonly hub: Hub) {
    this.#table = new Table<Connection>('Connections', [
      { title: 'Who', key: who, heading: true, cell: (c, cell) => {
        cell.title = c.name && c.address ? c.address : '';
        return who(c);
      } },
      { title: 'Reads', cell: (c, cell) => {
        if (!cell.firstChild) cell.append(...c.matchers.map((m) => h('code', { class: 'tag' }, m)), c.moreMatchers > 0 ? ` and ${count(c.moreMatchers)} more` : '');
      } },
      { title: 'State', key: (c) => c.state, cell: (c, cell) => {
        cell.dataset.connection = c.state;
        return words(c.state);
      } },
      { title: 'Behind', key: (c) => c.lag, number: true, cell: (c, cell) => {
        cell.title = 'Positions of the log between this reader and the newest event';
        return c.lag === 0 ? 'level' : count(c.lag);
      } },
      { title: 'Since', key: (c) => -c.since, number: true, minor: true, cell: (c, cell) => {
        cell.title = fullTime(c.since);
        return duration((this.#told!.time - c.since) / 1000);
      } },
      { title: 'Events', key: (c) => c.events, number: true, minor: true, cell: (c) => count(c.events) },
      { title: 'Bytes', key: (c) => c.bytes, number: true, minor: true, cell: (c) => bytes(c.bytes) },
      { title: '', number: true, cell: (c, cell) => {
        if (!cell.firstChild) cell.append(h('button', { type: 'button', class: 'quiet danger', 'aria-label': `Disconnect ${who(c)}`, click: () => this.#ask(c) }, 'Disconnect'));
        (cell.firstElementChild as HTMLButtonElement).disabled = this.hub.about?.mayEnd === false;
      } },
    ], (c) => String(c.number), 3);
    this.element.append(
      h('div', { class: 'head' }, h('h1', {}, 'Connections'), this.#summary,
        h('div', { class: 'tools' }, h('label', { for: 'filter', class: 'unseen' }, 'Show connections with'), this.#filter)),
      this.#place,
    );
    this.#stop = feed<Connections>('connections', (told) => {
      this.#told = told;
      this.#draw();
    }, (state) => {
      if (!this.#told) setText(this.#waiting, waitingText(state));
    });
  }

  destroy(): void {
    this.#stop();
    this.element.querySelector('dialog')?.close();
  }

  #draw(): void {
    if (!this.#told) return;
    const part = this.#filter.value.toLowerCase();
    const shown = this.#told.connections.filter((c) => `${who(c)} ${c.address} ${c.matchers.join(' ')}`.toLowerCase().includes(part));
    const { total, connections } = this.#told;
    setText(this.#summary, total > connections.length ? `The ${count(connections.length)} furthest behind of ${count(total)}` : total === 1 ? 'One stream is open' : `${count(total)} streams are open`);
    if (shown.length > 0) {
      if (!this.#table.element.isConnected) this.#place.replaceChildren(this.#table.element);
      this.#table.show(shown);
    } else if (connections.length > 0) this.#place.replaceChildren(h('p', { class: 'empty' }, `No connection has “${this.#filter.value}” in it.`));
    else this.#place.replaceChildren(empty());
  }

  #ask(connection: Connection): void {
    const failure = h('p', { class: 'bad', role: 'alert' });
    const dialog = h('dialog', { 'aria-labelledby': 'ask', close: () => dialog.remove() },
      h('h2', { id: 'ask' }, `Disconnect ${who(connection)}?`),
      h('p', {}, 'Its stream ends in order. A browser comes back by itself and goes on where it was.'),
      failure,
      h('div', { class: 'row end' },
        h('button', { type: 'button', class: 'quiet', click: () => dialog.close() }, 'Leave it'),
        h('button', { type: 'button', class: 'danger', click: async () => {
          const sentence = await this.hub.end(connection.number);
          if (sentence === null) dialog.close();
          else setText(failure, sentence);
        } }, 'Disconnect')));
    this.element.append(dialog);
    dialog.showModal();
  }
}

const who = (connection: Connection): string => connection.name ?? connection.address ?? 'in this process';

const empty = (): HTMLElement => h('div', { class: 'empty' },
  h('p', {}, h('strong', {}, 'Nobody is connected.')),
  h('p', {}, 'Whoever reads events is listed here, whoever is furthest behind first. Those who watch this page are not. ', h('a', { href: '#try' }, 'Subscribe to something'), '.'));
