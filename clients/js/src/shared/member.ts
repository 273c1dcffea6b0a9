import { asking, interestOf, type Interest } from '../address.js';
import { LastingError, SiarError } from '../error.js';
import { isClosed, signal } from '../item.js';
import { comesBackAfter, type ReaderOptions } from '../options.js';
import { fetchPage } from '../page.js';
import type { Listener } from '../reader.js';
import { later } from '../time.js';
import { onFreeze, onLeave } from '../wake.js';
import { Inbox } from './inbox.js';
import { Leader } from './leader.js';
import { living, Lock } from './lock.js';
import type { Dismissal, Message, Position, State, Told } from './messages.js';
import { Pulse } from './pulse.js';

const isSame = (one: Position | undefined, other: Position) => one?.term === other.term && one.leader === other.leader;
const isOlder = (one: Position, than: Position) => one.term < than.term || (one.term === than.term && one.leader < than.leader);
const errorOf = ({ message, status, retryAfter }: Told) => new SiarError(message, status, retryAfter);

type Leads = Pick<State, 'isOpen' | 'isLive' | 'isLevel' | 'topics' | 'members'>;

/** A tab among those that share a connection: it follows the leader, and leads when it holds the lock. See docs/decisions. @internal */
export class Member {
  readonly #id = crypto.randomUUID();
  readonly #interest: Interest;
  readonly #livesUnder: string;
  readonly #channel: BroadcastChannel;
  readonly #marks: BroadcastChannel;
  readonly #lock: Lock;
  readonly #pulse: Pulse;
  readonly #inbox: Inbox;
  readonly #abort = new AbortController();
  readonly #deaf: (() => void)[];
  #die = () => {};
  #position: Position = { term: 0, leader: '', seq: 0 };
  /** Where the leader is, whether this member has joined or not. */
  #cursor = '';
  #leads: Leads = { isOpen: false, isLive: false, isLevel: false, topics: [], members: [] };
  readonly #closed = new Set<string>();
  /** Whether topics of its own came in only with it: they may have been closed before. */
  #isNew = false;
  #hasJoined = false;
  #isOpen = false;
  #leader: Leader | undefined;
  #marked: (() => void) | undefined;

  constructor(
    url: string,
    name: string,
    cursor: string,
    private readonly options: ReaderOptions,
    private readonly listener: Listener,
    private readonly readAlone: () => void,
  ) {
    this.#interest = interestOf(url);
    // The number is that of the messages' form: tabs of a page's older and newer code do not meet where it has changed.
    const group = `siar 1 ${JSON.stringify([name, this.#interest.key, [...new Headers(options.headers)], options.withCredentials])}`;
    this.#livesUnder = `${group} `;
    this.#channel = new BroadcastChannel(group);
    this.#marks = new BroadcastChannel(group);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    const own = this.#interest.of(this.#interest.topics);
    this.#inbox = new Inbox(cursor || this.#interest.cursor, this.#interest.topics, {
      page: (cursor) => fetchPage(own, cursor, 0, options, this.#abort.signal),
      received: (items, cursor) => void listener.received(items, cursor),
      forgives: (error) => !(error instanceof LastingError) && (!error.status || comesBackAfter(error.status, options)),
      failed: (error) => listener.ended(error),
      isLevel: () => this.#leads.isLevel,
    });
    navigator.locks.request(this.#livesUnder + this.#id, () => new Promise<void>((resolve) => (this.#die = resolve)))
      // There are places where locks are, and may not be used: a sandboxed frame, or a browser that lets a third party store nothing.
      .catch(() => this.#goAlone());
    const rest = () => {
      this.#abdicate();
      this.#lock.release();
    };
    const rise = () => this.#lock.queue();
    this.#deaf = [onFreeze(rest, rise), onLeave(() => this.#leave(), rise)];
    this.#lock = new Lock(group, () => void this.#lead(), () => this.#abdicate());
    this.#pulse = new Pulse(options.stealAfter, () => this.#post({ kind: 'ping' }), () => this.#lock.isHeld || this.#lock.steal());
    this.#join();
  }

  close(): void {
    for (const stop of this.#deaf) stop();
    this.#pulse.stop();
    this.#inbox.close();
    this.#abort.abort();
    this.#die();
    this.#leave();
    this.#channel.close();
    this.#marks.close();
  }

  #leave(): void {
    this.#abdicate();
    this.#post({ kind: 'leave', id: this.#id });
    this.#lock.release();
  }

  #join(): void {
    this.#post({ kind: 'join', id: this.#id, topics: this.#interest.topics });
  }

  #post(message: Message): void {
    if (this.#abort.signal.aborted && message.kind !== 'leave') return;
    this.#channel.postMessage(message);
  }

  #hear(message: Message): void {
    if (this.#abort.signal.aborted) return;
    switch (message.kind) {
      case 'join': return this.#leader?.join(message.id, message.topics);
      case 'leave': return this.#leader?.leave(message.id);
      case 'ping': return this.#leader?.say();
      case 'mark': return this.#seeMark(message);
      case 'position': return this.#adopt(message);
      default: return this.#follow(message);
    }
  }

  #follow(message: Extract<Message, Position>): void {
    if (isOlder(message, this.#position)) return;
    this.#pulse.heard();
    if (!isSame(message, this.#position)) this.#changeLeader(message);
    if (message.kind === 'state') return this.#takeState(message);
    if (message.kind === 'dismiss') return this.#takeDismissal(message);
    for (const item of message.items) if (isClosed(item)) this.#closed.add(item.topics![0]!);
    const isNext = message.seq === this.#position.seq + 1;
    this.#position = message;
    this.#cursor = message.cursor;
    if (!this.#hasJoined) return;
    if (!isNext) void this.#inbox.heal();
    this.#inbox.take(message.items, message.cursor);
  }

  #changeLeader(message: Extract<Message, Position>): void {
    if (message.leader !== this.#id) this.#abdicate();
    const base = message.kind === 'state' && message.seq === 0 ? message.base : undefined;
    if (this.#hasJoined) {
      if (!isSame(base, this.#position) || base!.seq > this.#position.seq) void this.#inbox.heal();
      else if (base!.seq < this.#position.seq) this.#inbox.doubt();
    }

    const { term, leader, seq } = message;
    this.#position = { term, leader, seq: message.kind === 'items' ? seq - 1 : seq };
  }

  #takeState(state: State): void {
    const { topics } = this.#interest;
    if (!state.members.some(([id]) => id === this.#id)) this.#join();
    const isRead = topics.every((topic) => state.topics.includes(topic));
    if (!isRead) {
      this.#hasJoined = false;
      this.#isNew = true;
    }
    if (this.#hasJoined && state.seq > this.#position.seq) void this.#inbox.heal();
    this.#position = { term: state.term, leader: state.leader, seq: state.seq };
    this.#cursor = state.cursor;
    this.#leads = state;
    for (const topic of state.closed) this.#closed.add(topic);
    if (!state.isOpen) return state.error && this.#lose(state.error);
    if (!isRead) return;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.listener.opened(this.#interest.key);
    }

    if (this.#hasJoined || this.#abort.signal.aborted) return;
    this.#hasJoined = true;
    void this.#begin(state);
  }

  /** From its own place, or from where the leader reads its topics. */
  async #begin({ cursor, from }: State): Promise<void> {
    const own = this.#inbox.cursor;
    const mayBeOver = this.#isNew || this.#interest.topics.some((topic) => this.#closed.has(topic));
    const isBehind = mayBeOver || (own ? own !== cursor : from !== cursor || this.#interest.looksBack);
    if (!own && !this.#interest.looksBack) this.#inbox.cursor = from;
    if (isBehind) await this.#inbox.heal();
    else this.#inbox.take([], cursor);
    if (this.#leads.isLive && !this.#abort.signal.aborted) this.#inbox.take([signal('live', this.#inbox.cursor)], this.#inbox.cursor);
  }

  #lose(error: Told): void {
    this.#isOpen = false;
    this.listener.lost(errorOf(error));
  }

  #takeDismissal({ member, error }: Dismissal): void {
    if (member !== undefined && member !== this.#id) return;
    if (error !== 'crowded') return this.listener.ended(error === 'done' ? undefined : errorOf(error));
    this.#goAlone();
  }

  #goAlone(): void {
    if (this.#abort.signal.aborted) return;
    this.close();
    this.readAlone();
  }

  // --- leading

  /** The lock is held: reads all that was said before, then leads from there. */
  async #lead(): Promise<void> {
    const alive = await living(this.#livesUnder);
    if (this.#abort.signal.aborted) return;
    alive.add(this.#id);
    const asks = this.#position.term === 0 && alive.size > 1;
    await this.#mark(asks);
    if (!this.#lock.isHeld || this.#leader || this.#abort.signal.aborted) return;
    const members = this.#leads.members.filter(([id]) => alive.has(id) && id !== this.#id);
    const topics = new Set(this.#interest.topics);
    for (const [, wanted] of members) for (const topic of wanted) if (this.#leads.topics.includes(topic)) topics.add(topic);
    const { isOpen, isLive } = this.#leads;
    const base = this.#position.term ? this.#position : undefined;
    this.#leader = new Leader(
      {
        id: this.#id, base, isOpen, isLive, closed: this.#closed, topics: [...topics], cursor: this.#cursor || this.#inbox.cursor,
        members: [...members, [this.#id, this.#interest.topics]], livesUnder: this.#livesUnder,
      },
      (topics) => asking(this.#interest.of(topics)),
      this.options,
      (message) => {
        this.#post(message);
        this.#follow(message);
      },
    );
  }

  #abdicate(): void {
    this.#leader?.stop();
    this.#leader = undefined;
  }

  /** Comes back behind everything that was said before it. */
  #mark(asks: boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = later(resolve, 1000);
      this.#marked = () => {
        clearTimeout(timer);
        // Those who know where the last leader was have answered by then, or do not know it either.
        if (asks) later(resolve, 200);
        else resolve();
      };
      this.#marks.postMessage({ kind: 'mark', id: this.#id, asks } satisfies Message);
    });
  }

  #seeMark({ id, asks }: Extract<Message, { kind: 'mark' }>): void {
    this.#pulse.heard();
    if (id === this.#id) return this.#marked?.();
    const { topics, members } = this.#leads;
    if (asks && this.#position.term) this.#post({ kind: 'position', position: this.#position, cursor: this.#cursor, topics, closed: [...this.#closed], members });
  }

  #adopt({ position, cursor, topics, closed, members }: Extract<Message, { kind: 'position' }>): void {
    if (!this.#lock.isHeld || this.#leader || this.#hasJoined) return;
    const { term, leader, seq } = this.#position;
    if (isOlder(position, this.#position) || (position.term === term && position.leader === leader && position.seq <= seq)) return;
    this.#position = position;
    this.#cursor = cursor;
    this.#leads = { isOpen: cursor !== '', isLive: cursor !== '', isLevel: false, topics, members };
    for (const topic of closed) this.#closed.add(topic);
  }
}
