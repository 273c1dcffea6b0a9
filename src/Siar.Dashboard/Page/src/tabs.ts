// Snippets of code, one language at a time.
import { copyButton, h, setText } from './dom';
import type { Snippets } from './snippets';

let next = 0;

export class CodeTabs {
  readonly element: HTMLElement;
  #code = h('code');
  #tabs: HTMLButtonElement[];
  #snippets: Snippets = [];
  #chosen = 0;

  constructor(title: string, languages: string[]) {
    const panel = `code-${++next}`;
    this.#tabs = languages.map((language, i) => h('button', {
      type: 'button', role: 'tab', id: `${panel}-${i}`, 'aria-controls': panel,
      click: () => this.#choose(i),
      keydown: (event: KeyboardEvent) => this.#move(event, i),
    }, language));
    this.element = h('div', { class: 'code' },
      h('div', { class: 'code-head' }, h('div', { role: 'tablist', 'aria-label': title }, ...this.#tabs), copyButton('Copy', () => this.#code.textContent ?? '', 'Copy: the code')),
      h('pre', { id: panel, role: 'tabpanel', tabindex: '0', 'aria-labelledby': `${panel}-0` }, this.#code));
    this.#choose(0);
  }

  show(snippets: Snippets): void {
    this.#snippets = snippets;
    setText(this.#code, snippets[this.#chosen]?.[1] ?? '');
  }

  #choose(index: number): void {
    this.#chosen = index;
    this.#tabs.forEach((tab, i) => {
      tab.setAttribute('aria-selected', String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
    });
    this.element.querySelector('pre')!.setAttribute('aria-labelledby', this.#tabs[index]!.id);
    this.show(this.#snippets);
  }

  #move(event: KeyboardEvent, from: number): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = (from + step + this.#tabs.length) % this.#tabs.length;
    this.#choose(to);
    this.#tabs[to]!.focus();
  }
}
