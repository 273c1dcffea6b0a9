import type { SiarError } from '../error.js';
import type { Item } from '../item.js';
import { Reader } from '../reader.js';
import type { ReaderOptions } from '../options.js';
import { later } from '../time.js';
import { keyOf } from './inbox.js';
import { living } from './lock.js';
import { ndjson } from './ndjson.js';
import type { Dismissal, Items, Members, Position, State, Told } from './messages.js';

/** The hub takes as many topics in one request. */
const mostTopics = 100;

/** Servers commonly stop at 8 KiB for the first line of a request. */
const mostCharacters = 6000;

/** What a leader begins with. @internal */
export interface Start {
  readonly id: string;
  readonly base: Position | undefined;
  readonly cursor: string;
  readonly isOpen: boolean;
  readonly isLive: boolean;
  readonly topics: readonly string[];
  /** Topics that are closed; its member adds to them. */
  readonly closed: ReadonlySet<string>;
  readonly members: Members;
  readonly livesUnder: string;
}

/** Reads what all members want, over one connection, and passes it on. @internal */
export class Leader {
  readonly #term: number;
  #seq = 0;
  #cursor: string;
  #from = '';
  #isOpen: boolean;
  #isLive: boolean;
  #isLevel = false;
  /** Whether members are to see the next `siar.live`: not when they did not see the connection end. */
  #tells: boolean;
  #hasOpened = false;
  #topics: Set<string>;
  readonly #members: Map<string, readonly string[]>;
  #reader: Reader;
  #next: Reader | undefined;
  /** Passed on since the next reader's place: it will bring them again. */
  #nextRepeats = new Set<string>();
  #repeats = new Set<string>();
  #oneByOne = false;
  #update: ReturnType<typeof setTimeout> | undefined;
  readonly #prune = setInterval(() => void this.#dropDead(), 60_000);
  #stopped = false;

  constructor(
    private readonly start: Start,
    private readonly addressOf: (topics: Iterable<string>) => string,
    private readonly options: ReaderOptions,
    private readonly post: (message: State | Items | Dismissal) => void,
  ) {
    this.#term = Math.max(Date.now(), (start.base?.term ?? 0) + 1);
    this.#cursor = start.cursor;
    this.#isOpen = start.isOpen && start.cursor !== '';
    this.#isLive = start.isLive;
    this.#tells = !this.#isOpen;
    this.#members = new Map(start.members);
    this.#topics = new Set(start.topics);
    this.#reader = this.#read(this.#topics, []);
    this.say();
    this.#updateIn(20);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#update);
    clearInterval(this.#prune);
    this.#reader.close();
    this.#next?.close();
  }

  join(id: string, topics: readonly string[]): void {
    this.#members.set(id, topics);
    if (topics.every((topic) => this.#topics.has(topic))) this.say();
    else this.#updateIn(20);
  }

  leave(id: string): void {
    // Others may come for the same topics at once, as when a page is reloaded.
    if (this.#members.delete(id)) this.#updateIn(5000);
  }

  /** Tells where it is. */
  say(error?: Told): void {
    if (this.#stopped) return;
    this.post({
      ...this.#position(), kind: 'state', base: this.start.base, cursor: this.#cursor, from: this.#repeats.size ? this.#from : this.#cursor,
      isOpen: this.#isOpen, isLive: this.#isLive, isLevel: this.#isLevel, closed: [...this.start.closed], topics: [...this.#topics], members: [...this.#members], error,
    });
  }

  #position(): Position {
    return { term: this.#term, leader: this.start.id, seq: this.#seq };
  }

  #read(topics: Set<string>, joiners: readonly string[]): Reader {
    const from = this.#cursor;
    const reader: Reader = new Reader(this.addressOf(topics), from, ndjson, this.options, {
      opened: () => {
        if (reader === this.#next) this.#swap(reader, topics, from);
        this.#hasOpened = true;
        if (this.#cursor) this.#opened();
      },
      received: (items, cursor) => {
        if (reader === this.#reader) this.#pass(items, cursor);
      },
      lost: (error) => {
        if (reader !== this.#reader) return;
        this.#isOpen = this.#isLive = this.#isLevel = false;
        this.#tells = true;
        this.say(told(error));
      },
      ended: (error) => (reader === this.#reader ? this.#ended(error) : this.#refused(joiners, error)),
    });
    return reader;
  }

  #opened(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.say();
    this.#updateIn(20);
  }

  #pass(items: readonly Item[], cursor: string): void {
    const isLevel = items.some(({ type }) => type === 'siar.live');
    const fresh = items.filter((item) => !item.topics || !this.#repeats.delete(keyOf(item))).filter(({ type }) => type !== 'siar.live' || this.#tells);
    // The log's end is behind everything that could be repeated.
    if (isLevel) this.#repeats.clear();
    if (!this.#repeats.size) this.#cursor = cursor;
    this.#opened();
    if (this.#next) for (const item of fresh) if (item.topics) this.#nextRepeats.add(keyOf(item));
    this.#seq++;
    this.post({ ...this.#position(), kind: 'items', items: fresh, cursor: this.#cursor });
    if (!isLevel) return;
    this.#isLive = this.#isLevel = true;
    this.#tells = false;
  }

  #updateIn(milliseconds: number): void {
    // Who leaves does not hold up who joins.
    if (this.#update && milliseconds > 20) return;
    clearTimeout(this.#update);
    this.#update = later(() => {
      this.#update = undefined;
      this.#change();
    }, milliseconds);
  }

  /** Opens a connection for other topics from where the present one is, beside it. */
  #change(): void {
    if (this.#next || !this.#isOpen || !this.#cursor) return;
    const wanted = new Set<string>();
    const joiners: [string, readonly string[]][] = [];
    for (const [id, topics] of this.#members) {
      if (topics.every((topic) => this.#topics.has(topic))) for (const topic of topics) wanted.add(topic);
      else joiners.push([id, topics]);
    }

    const accepted: string[] = [];
    for (const [id, topics] of joiners) {
      if (this.#oneByOne && accepted.length) break;
      const all = new Set([...wanted, ...topics]);
      if (all.size > mostTopics || this.addressOf(all).length > mostCharacters) {
        this.#members.delete(id);
        this.#dismiss(id, 'crowded');
        continue;
      }

      accepted.push(id);
      for (const topic of topics) wanted.add(topic);
    }

    if (!accepted.length && (wanted.size === this.#topics.size || !wanted.size)) return;
    this.#nextRepeats = new Set();
    this.#next = this.#read(wanted, accepted);
  }

  #swap(reader: Reader, topics: Set<string>, from: string): void {
    this.#reader.close();
    this.#reader = reader;
    this.#next = undefined;
    this.#topics = topics;
    this.#from = from;
    this.#repeats = this.#nextRepeats;
    this.#isOpen = true;
    this.say();
    this.#updateIn(20);
  }

  #ended(error?: SiarError): void {
    const alone = !this.#hasOpened && !this.start.base;
    this.#dismiss(alone ? this.start.id : undefined, this.#members.size > 1 && isTooLong(error) ? 'crowded' : this.#why(error));
  }

  /** The others go on as they were. */
  #refused(joiners: readonly string[], error?: SiarError): void {
    this.#next = undefined;
    this.#oneByOne = true;
    const [only, ...more] = joiners;
    if (!only) return;
    this.#updateIn(20);
    if (more.length) return;
    this.#members.delete(only);
    // Its own topics may be few: with those of all they are too many.
    this.#dismiss(only, isTooLong(error) ? 'crowded' : this.#why(error));
  }

  #why(error?: SiarError): Told | 'done' {
    if (!error) return 'done';
    // Only a hub has the stream that tells the topics of each event.
    if (this.#hasOpened || (error.status !== 200 && error.status !== 406)) return told(error);
    return { message: `Only streams of a Siar hub can be shared between tabs, and this is another server, or another address of a hub than /events: leave the option 'shared' out. ${error.message}`, status: error.status };
  }

  #dismiss(member: string | undefined, error: Dismissal['error']): void {
    this.post({ ...this.#position(), kind: 'dismiss', member, error });
  }

  async #dropDead(): Promise<void> {
    const alive = await living(this.start.livesUnder);
    if (!this.#stopped) for (const id of this.#members.keys()) if (!alive.has(id)) this.leave(id);
  }
}

/** The address, or the request's head: RFC 9110, 15.5.15; RFC 6585, 5. */
const isTooLong = (error?: SiarError) => error?.status === 414 || error?.status === 431;

const told = ({ message, status, retryAfter }: SiarError): Told => ({ message, ...(status && { status }), ...(retryAfter && { retryAfter }) }) as Told;
