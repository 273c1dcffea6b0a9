import { LastingError, SiarError } from './error.js';
import { signal, type Item } from './item.js';
import { comesBackAfter, type ReaderOptions } from './options.js';
import { fetchPage, isLast } from './page.js';
import { Pause } from './pause.js';
import { refusal } from './futile.js';
import { Resume } from './resume.js';
import { readStream, type Format } from './stream.js';
import { later, longest } from './time.js';
import { onLeave, onWake } from './wake.js';

/** Who is told what a {@link Reader} reads. @internal */
export interface Listener {
  /** Connected; not told anew while one connection follows another unseen. */
  opened(url: string): void;
  /** What came in one piece, and the place after it. What it returns is waited for before more is read. */
  received(items: readonly Item[], cursor: string): void | Promise<void>;
  /** Not connected any more: it will be tried again. */
  lost(error: SiarError): void;
  /** Not connected any more, for good. Without an error the server has no more to tell. */
  ended(error?: SiarError): void;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

/** Reads from a cursor on, over as many connections as it takes. @internal */
export class Reader {
  #closed = false;
  #isOpen = false;
  #isAway = false;
  #isLevel = false;
  #polls: boolean;
  #mayPoll: boolean;
  #abort = new AbortController();
  #failures = 0;
  #silences = 0;
  #told = false;
  #isUnauthorised = false;
  #retry: number;
  #heardAt = 0;
  #watch: Timer;
  #stable: Timer;
  #doubt: Timer;
  readonly #pause = new Pause();
  readonly #resume = new Resume();
  readonly #deaf: (() => void)[];

  constructor(
    private readonly url: string,
    public cursor: string,
    private readonly format: Format,
    private readonly options: ReaderOptions,
    private readonly listener: Listener,
  ) {
    this.#retry = options.retry;
    this.#polls = options.polling === 'always';
    this.#mayPoll = options.polling !== 'never' && (options.method ?? 'GET') === 'GET';
    this.#deaf = [onWake((isOnline) => this.#wake(isOnline)), onLeave(() => this.#leave(), () => this.#back())];
    void this.#run();
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#deaf) stop();
    this.#disconnect();
    this.#pause.end();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#abort = new AbortController();
      const polled = this.#polls;
      this.#told = false;
      let error: SiarError | undefined;
      try {
        await (polled ? this.#poll() : this.#stream());
      } catch (thrown) {
        error = refusal(thrown, this.url, this.options) ?? SiarError.of(thrown);
      }
      this.#disconnect();
      if (this.#closed) return;
      // One page follows another, or a stream; and a stream that a proxy holds back is left for pages.
      if (polled ? !error : this.#polls) continue;
      if (!this.#comesBack(error)) {
        this.close();
        return this.listener.ended(error?.status === 204 ? undefined : error);
      }
      // A server that has told something and ends in order has not failed.
      this.#failures = error || !this.#told ? this.#failures + 1 : 0;
      this.#isOpen = this.#isLevel = false;
      this.listener.lost(error ?? new SiarError('The stream has ended.'));
      if (!this.#closed) await this.#rest(error);
    }
  }

  #disconnect(reason?: SiarError): void {
    clearTimeout(this.#watch);
    clearTimeout(this.#stable);
    clearTimeout(this.#doubt);
    this.#abort.abort(reason);
  }

  /** HTML Standard, 9.2.3: any status but 200, and any other content type, ends it for good; the options name statuses that do not. */
  #comesBack(error?: SiarError): boolean {
    const { reconnect = 'always', token } = this.options;
    if (error instanceof LastingError) return false;
    if (reconnect === 'never' || (reconnect === 'on-error' && !error)) return false;
    const status = error?.status;
    // The provider may have thought that its token would last.
    if (status === 401 && typeof token === 'function' && !this.#isUnauthorised) return (this.#isUnauthorised = true);
    return status === undefined || comesBackAfter(status, this.options);
  }

  /** The server's time, and full jitter on top, up to as much again, which doubles with each failure. */
  async #rest(error?: SiarError): Promise<void> {
    const { minDelay, maxDelay } = this.options;
    const asked = error?.retryAfter;
    const least = Math.max(minDelay, asked === undefined ? Math.min(this.#retry, maxDelay) : Math.min(asked, 20 * maxDelay));
    const most = this.#failures ? Math.min(maxDelay, least * 2 ** (this.#failures - 1)) : 0;
    await this.#pause.begin(least + Math.random() * most, asked === undefined);
    while (this.#isAway && !this.#closed) await this.#pause.begin(longest, false);
  }

  async #stream(): Promise<void> {
    const { deadAfter, pollAfter, stableAfter } = this.options;
    let heard = false;
    const watch = () => {
      this.#heardAt = Date.now();
      clearTimeout(this.#watch);
      if (deadAfter) this.#watch = later(() => {
        if (heard) this.#silences++;
        this.#abort.abort(new SiarError(`Nothing came for ${deadAfter} ms.`));
      }, deadAfter);
    };
    watch();
    // Two connections in a row that brought their beginning and no more are as doubtful as one that brings nothing.
    const isDoubtful = this.#silences > 1;
    if (this.#mayPoll) this.#doubt = later(() => void this.#try(() => this.#told || (heard && !isDoubtful)), isDoubtful ? 0 : pollAfter);
    await readStream(this.url, this.cursor, this.format, this.#resume, this.options, this.#abort.signal, {
      opened: (url) => {
        this.#stable = later(() => (this.#failures = 0), stableAfter);
        this.#open(url);
      },
      retry: (milliseconds) => (this.#retry = milliseconds),
      received: async (items) => {
        if (!heard && !isDoubtful) clearTimeout(this.#doubt);
        heard = true;
        clearTimeout(this.#watch);
        if (items.length) this.#silences = 0;
        await this.#hand(items);
        watch();
      },
    });
  }

  /** Looks whether a page comes where a stream brings nothing: then a proxy holds the stream back. */
  async #try(streams: () => boolean): Promise<void> {
    const abort = this.#abort;
    const own = new AbortController();
    abort.signal.addEventListener('abort', () => own.abort());
    try {
      const items = await this.#page(0, own.signal);
      if (streams() || abort.signal.aborted) return;
      this.#polls = true;
      this.#disconnect();
      this.#open(this.url);
      await this.#hand(items);
    } catch (thrown) {
      // Not a hub's: what it sends so rarely is for it to know.
      const { status } = SiarError.of(thrown);
      if (status && status < 500 && status !== 429) this.#mayPoll = false;
    } finally {
      own.abort();
    }
  }

  async #poll(): Promise<void> {
    const { minDelay } = this.options;
    const deadAfter = this.options.deadAfter || 60_000;
    const wait = this.#isLevel ? Math.min(25, Math.floor(deadAfter / 2000)) : 0;
    this.#watch = later(() => this.#abort.abort(new SiarError(`No page came for ${deadAfter} ms.`)), deadAfter);
    const items = await this.#page(wait, this.#abort.signal);
    clearTimeout(this.#watch);
    this.#failures = 0;
    this.#open(this.url);
    const isLevel = isLast(items);
    if (isLevel && !this.#isLevel) items.push(signal('live', items[items.length - 1]!.id));
    await this.#hand(items);
    // A server that does not wait is not asked without end.
    if (isLevel && this.#isLevel) await this.#pause.begin(minDelay, false);
    this.#isLevel ||= isLevel;
  }

  #page(wait: number, signal: AbortSignal): Promise<Item[]> {
    return fetchPage(this.url, this.cursor, wait, this.options, signal, this.#resume.ask.bind(this.#resume));
  }

  #open(url: string): void {
    this.#isUnauthorised = false;
    if (this.#closed || this.#isOpen) return;
    this.#isOpen = true;
    this.listener.opened(url);
  }

  async #hand(items: readonly Item[]): Promise<void> {
    if (this.#closed || !items.length) return;
    this.#told = true;
    this.cursor = items[items.length - 1]!.id;
    await this.listener.received(items, this.cursor);
  }

  #wake(isOnline: boolean): void {
    const { deadAfter, polling } = this.options;
    if (isOnline) {
      // Another network, perhaps without the proxy.
      this.#polls = polling === 'always';
      this.#silences = 0;
    }

    // A machine that sleeps does not count the time.
    if (this.#isOpen && !this.#polls && deadAfter && Date.now() - this.#heardAt > deadAfter) this.#abort.abort(new SiarError('The connection did not outlive a sleep.'));
    if (this.#pause.wake()) this.#failures = 0;
  }

  // A page that is put away may come back as it was (the back/forward cache), but not with an open connection.
  #leave(): void {
    this.#isAway = true;
    this.#abort.abort(new SiarError('The page was put away.'));
  }

  #back(): void {
    this.#isAway = false;
    this.#pause.end();
  }
}
