import { SiarError } from '../error.js';
import { place, type Item } from '../item.js';
import { isLast } from '../page.js';
import { Pause } from '../pause.js';
import { later } from '../time.js';

/** As many events are remembered, to know them again. */
const memory = 1000;

/** An id alone may have been given twice by its publisher. @internal */
export const keyOf = ({ id, time }: Item): string => `${id} ${time}`;

/** What an {@link Inbox} needs of its tab. @internal */
export interface Owner {
  /** What follows a place; rejects when closed. */
  page(cursor: string): Promise<Item[]>;
  received(items: readonly Item[], cursor: string): void;
  /** Whether to ask again after this. */
  forgives(error: SiarError): boolean;
  failed(error: SiarError): void;
  /** Whether the leader has read all that is kept, so that it repeats nothing any more. */
  isLevel(): boolean;
}

/** Makes of what a leader passes on, and of pages where something is missing, what one tab wants: each event once, in order. @internal */
export class Inbox {
  #seen = new Set<string>();
  #had = new Set<string>();
  #forget: ReturnType<typeof setTimeout> | undefined;
  #waiting: Item[] | undefined;
  #waitingCursor = '';
  #again = false;
  #closed = false;
  readonly #pause = new Pause();

  constructor(public cursor: string, private readonly topics: readonly string[], private readonly owner: Owner) {}

  close(): void {
    this.#closed = true;
    clearTimeout(this.#forget);
    this.#pause.end();
  }

  take(items: readonly Item[], cursor: string): void {
    const mine = items.filter((item) => item.type && this.#wants(item));
    if (!this.#waiting) return this.#give(mine, cursor);
    this.#waiting.push(...mine);
    this.#waitingCursor = cursor;
  }

  /** What comes next may have come before: it is passed over, up to the first event that is new. */
  doubt(): void {
    this.#had = new Set(this.#seen);
    this.#forgetSoon();
  }

  #forgetSoon(): void {
    clearTimeout(this.#forget);
    this.#forget = later(() => (this.owner.isLevel() ? this.#had.clear() : this.#forgetSoon()), 10_000);
  }

  /** Reads pages from the cursor on until they meet what the leader passes on. */
  async heal(): Promise<void> {
    this.#again = true;
    if (this.#waiting) return;
    this.#waiting = [];
    this.#waitingCursor = '';
    while (!this.#closed && !(await this.#readOn())) { /* There is more. */ }
    const rest = this.#waiting;
    this.#waiting = undefined;
    if (this.#closed) return;
    this.doubt();
    this.#give(rest, this.#waitingCursor || this.cursor);
  }

  /** Reads a page; says whether it was the last. */
  async #readOn(): Promise<boolean> {
    this.#again = false;
    const waiting = this.#waiting!;
    // What was passed on before the page was asked for is on this page or on earlier ones.
    if (waiting.length > 10 * memory) waiting.length = 0;
    const before = waiting.length;
    let items: Item[];
    try {
      items = await this.owner.page(this.cursor);
    } catch (thrown) {
      if (this.#closed) return true;
      const error = SiarError.of(thrown);
      if (!this.owner.forgives(error)) {
        this.owner.failed(error);
        return true;
      }

      await this.#pause.begin((error.retryAfter ?? 1000) + Math.random() * 2000, false);
      return false;
    }

    if (this.#closed) return true;
    const last = items[items.length - 1]!;
    for (const item of items) this.#see(item);
    this.#hand(items.filter(({ type }) => type), last.id);
    if (this.#again) return false;
    if (isLast(items)) {
      waiting.splice(0, before);
      return true;
    }

    const met = waiting.findLastIndex((item) => this.#seen.has(keyOf(item)));
    waiting.splice(0, met + 1);
    return met >= 0;
  }

  #give(items: readonly Item[], cursor: string): void {
    const fresh = items.filter((item) => {
      if (!item.topics) return true;
      if (this.#had.has(keyOf(item))) return false;
      this.#had.clear();
      this.#see(item);
      return true;
    });
    // The place does not go back to where the leader is, while it repeats.
    if (!this.#had.size) this.#hand(fresh, cursor);
    else if (fresh.length) this.#hand(fresh, this.cursor);
  }

  #hand(items: readonly Item[], cursor: string): void {
    this.cursor = cursor;
    this.owner.received(items.length ? items : [place(cursor)], cursor);
  }

  #see(item: Item): void {
    if (!item.topics) return;
    this.#seen.add(keyOf(item));
    if (this.#seen.size > memory) this.#seen.delete(this.#seen.values().next().value!);
  }

  #wants({ topics }: Item): boolean {
    return !topics || this.topics.some((topic) => topic === '*' || topics.includes(topic));
  }
}
