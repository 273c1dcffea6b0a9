// A table that is sorted by a click on a heading, and keeps its rows' elements while the figures change.
import { h, setText } from './dom';

export interface Column<T> {
  title: string;
  /** What the row is sorted by; the highest comes first, texts the other way. */
  key?: (row: T) => number | string;
  /** Text, or a change to the cell. */
  cell: (row: T, cell: HTMLTableCellElement) => string | void;
  number?: boolean;
  /** On a narrow screen the column is left out. */
  minor?: boolean;
  heading?: boolean;
}

export class Table<T> {
  readonly element: HTMLElement;
  #body = h('tbody');
  #heads: HTMLTableCellElement[] = [];
  #rows = new Map<string, HTMLTableRowElement>();
  #data: T[] = [];
  #sorted: number;
  #reversed = false;

  constructor(caption: string, readonly columns: Column<T>[], readonly id: (row: T) => string, sorted: number, readonly prepare?: (row: T, element: HTMLTableRowElement) => void) {
    this.#sorted = sorted;
    const head = h('tr');
    columns.forEach((column, i) => {
      const label = column.key
        ? h('button', { type: 'button', class: 'sort', click: () => this.#sortBy(i) }, column.title)
        : column.title || h('span', { class: 'unseen' }, 'Actions');
      const cell = h('th', { scope: 'col', class: cellClass(column) }, label);
      this.#heads.push(cell);
      head.append(cell);
    });
    this.element = h('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', {}, h('caption', { class: 'unseen' }, caption), h('thead', {}, head), this.#body));
  }

  show(data: T[]): void {
    this.#data = data;
    this.#draw();
  }

  #sortBy(column: number): void {
    this.#reversed = this.#sorted === column && !this.#reversed;
    this.#sorted = column;
    this.#draw();
  }

  #draw(): void {
    const key = this.columns[this.#sorted]!.key!;
    const sign = this.#reversed ? -1 : 1;
    const data = [...this.#data].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return sign * (typeof x === 'number' ? (y as number) - x : x.localeCompare(y as string));
    });
    this.#heads.forEach((head, i) => {
      if (!this.columns[i]!.key) return;
      const isText = this.#data.length > 0 && typeof this.columns[i]!.key!(this.#data[0]!) === 'string';
      if (i === this.#sorted) head.setAttribute('aria-sort', isText !== this.#reversed ? 'ascending' : 'descending');
      else head.removeAttribute('aria-sort');
    });
    const left = new Set(this.#rows.keys());
    data.forEach((row, at) => {
      const id = this.id(row);
      left.delete(id);
      const element = this.#rows.get(id) ?? this.#create(id, row);
      this.#fill(element, row);
      if (this.#body.children[at] !== element) this.#body.insertBefore(element, this.#body.children[at] ?? null);
    });
    for (const id of left) {
      this.#rows.get(id)!.remove();
      this.#rows.delete(id);
    }
  }

  #create(id: string, row: T): HTMLTableRowElement {
    const element = h('tr', {}, ...this.columns.map((c) => (c.heading ? h('th', { scope: 'row', class: cellClass(c) }) : h('td', { class: cellClass(c) }))));
    this.#rows.set(id, element);
    this.prepare?.(row, element);
    return element;
  }

  #fill(element: HTMLTableRowElement, row: T): void {
    this.columns.forEach((column, i) => {
      const cell = element.cells[i]!;
      const text = column.cell(row, cell);
      if (typeof text === 'string') setText(cell, text);
    });
  }
}

const cellClass = <T>(column: Column<T>): string => [column.number && 'number', column.minor && 'minor'].filter(Boolean).join(' ');
