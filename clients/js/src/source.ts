import { asking, beginning, doorOf, interestOf } from './address.js';
import { SiarError } from './error.js';
import { isClosed, type Item } from './item.js';
import { named, withDefaults, type ReaderOptions, type SiarEventSourceOptions } from './options.js';
import { publish, type NewEvent, type PublishOptions } from './publish.js';
import { Queue } from './queue.js';
import { Reader, type Listener } from './reader.js';
import { sse } from './sse.js';

/**
 * The event `error` of a {@link SiarEventSource}: unlike a browser's it says why. As with a browser's, listeners of `error` and `open` hear published
 * events of these types too. Those are a `MessageEvent`, and never an instance of this class.
 */
export class SiarErrorEvent extends Event {
  /** @param error `undefined` where a stream ended in order. */
  constructor(readonly error?: SiarError) {
    super('error');
  }
}

/** An event target whose listeners are typed as those of `EventSource`. */
const Target = EventTarget as new () => Pick<EventSource, keyof EventTarget>;

/** As many events may wait for a slow `for await` before the connection is read no further. */
const most = 256;

/**
 * An `EventSource` over `fetch`: the same events, states and constants, and more that it can do. `for await` gives the events of all types,
 * signals included, and closes the source when it is left.
 */
export class SiarEventSource extends Target implements EventSource {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;

  onopen: ((event: Event) => unknown) | null = null;
  onmessage: ((event: MessageEvent<string>) => unknown) | null = null;
  onerror: ((event: SiarErrorEvent) => unknown) | null = null;

  /** The address, absolute. */
  readonly url: string;
  readonly withCredentials: boolean;
  readonly #options: ReaderOptions;
  readonly #storageKey: string | undefined;
  readonly #address: string;
  readonly #closed = new Set<string>();
  readonly #queues = new Set<Queue>();
  #readyState: 0 | 1 | 2 = 0;
  #lastEventId: string;
  #origin: string;
  #feed: { close(): void };

  /**
   * @throws {SyntaxError} The URL cannot be parsed.
   * @throws {TypeError} The options do not go together.
   */
  constructor(url: string | URL, options: SiarEventSourceOptions = {}) {
    super();
    this.url = absolute(url);
    this.#options = withDefaults(options);
    this.withCredentials = options.withCredentials ?? false;
    const { remember, shared } = options;
    this.#address = beginning(this.url, options);
    this.#storageKey = remember === true ? `siar:${this.url}` : remember || undefined;
    this.#lastEventId = this.#remembered() ?? options.lastEventId ?? '';
    this.#origin = new URL(this.url).origin;
    for (const type of ['open', 'message', 'error'] as const) this.addEventListener(type, (event) => this[`on${type}`]?.(event as never));
    if (shared && (options.method ?? 'GET') !== 'GET') throw new TypeError('Only what is read with GET can be shared between tabs.');
    this.#feed = shared && canShare() ? this.#share(String(shared)) : this.#readAlone();
  }

  get readyState(): 0 | 1 | 2 {
    return this.#readyState;
  }

  /** The place to go on from. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  close(): void {
    this.#readyState = 2;
    this.#feed.close();
    for (const queue of this.#queues) queue.wake();
  }

  /** Publishes at the hub that is read, with the same headers and token. See {@link publish}. */
  publish(event: NewEvent, options?: PublishOptions): Promise<string>;
  publish(events: readonly NewEvent[], options?: PublishOptions): Promise<string[]>;
  async publish(what: NewEvent | readonly NewEvent[], options: PublishOptions = {}): Promise<string | string[]> {
    return publish(doorOf(this.url), what, { ...this.#options, ...named(options) });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MessageEvent<string>, void, undefined> {
    const queue = new Queue();
    this.#queues.add(queue);
    try {
      for (;;) {
        for (let event; (event = queue.events.shift()); ) {
          yield event;
          // Only now has it been handled.
          this.#remember(event.lastEventId);
        }

        queue.drained();
        if (queue.error) throw queue.error;
        if (this.#readyState === 2) return;
        await queue.filled();
      }
    } finally {
      this.#queues.delete(queue);
      queue.drained();
      this.close();
    }
  }

  #readAlone(): { close(): void } {
    return (this.#feed = new Reader(asking(this.#address, this.#options.method), this.#lastEventId, sse, this.#options, this.#listener()));
  }

  /** What tabs need to share a connection is loaded only where they do. */
  #share(name: string): { close(): void } {
    void import('./shared/member.js').then(({ Member }) => {
      if (this.#readyState === 2) return;
      this.#feed = new Member(this.#address, name, this.#lastEventId, this.#options, this.#listener(), () => this.#readAlone());
    }).catch(() => this.#readyState === 2 || this.#readAlone());
    return { close: () => {} };
  }

  #listener(): Listener {
    return {
      opened: (url) => {
        this.#origin = new URL(url).origin;
        this.#readyState = 1;
        this.dispatchEvent(new Event('open'));
      },
      received: (items, cursor) => this.#receive(items, cursor),
      lost: (error) => this.#fail(0, error),
      ended: (error) => this.#fail(2, error),
    };
  }

  #receive(items: readonly Item[], cursor: string): void | Promise<void> {
    for (const item of items) {
      if (this.#readyState === 2) break;
      const { type, data, id } = item;
      this.#lastEventId = id;
      // A page tells it each time.
      if (!type || (isClosed(item) && this.#closed.has(data))) continue;
      const event = new MessageEvent<string>(type, { data, lastEventId: id, origin: this.#origin });
      for (const queue of this.#queues) queue.put(event);
      this.dispatchEvent(event);
      if (isClosed(item) && this.#isOver(data)) this.#fail(2);
    }

    if (this.#readyState !== 2) this.#lastEventId = cursor;
    if (!this.#queues.size) this.#remember(this.#lastEventId);
    const full = [...this.#queues].filter((queue) => queue.events.length > most);
    if (full.length) return Promise.all(full.map((queue) => queue.drain())).then();
  }

  /** Whether all topics are closed, with this one. */
  #isOver(data: string): boolean {
    this.#closed.add(data);
    return interestOf(this.url).topics.every((topic) => this.#closed.has(JSON.stringify({ topic })));
  }

  #fail(state: 0 | 2, error?: SiarError): void {
    if (this.#readyState === 2) return;
    this.#readyState = state;
    if (state === 2) {
      for (const queue of this.#queues) queue.fail(error);
      this.#feed.close();
    }

    this.dispatchEvent(new SiarErrorEvent(error));
  }

  // Storage may be forbidden, full, or, in workers, not there.
  #remembered(): string | undefined {
    try {
      return (this.#storageKey && sessionStorage.getItem(this.#storageKey)) || undefined;
    } catch {
      return undefined;
    }
  }

  #remember(id: string): void {
    if (!this.#storageKey) return;
    try {
      sessionStorage.setItem(this.#storageKey, id);
    } catch {
      // A reload then begins anew.
    }
  }
}

/** Whether tabs can find each other here. */
const canShare = () => !!globalThis.navigator?.locks && typeof BroadcastChannel === 'function';

function absolute(url: string | URL): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch {
    throw new DOMException(`'${url}' is no URL.`, 'SyntaxError');
  }
}
