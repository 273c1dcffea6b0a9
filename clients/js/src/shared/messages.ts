import type { SiarError } from '../error.js';
import type { Item } from '../item.js';

/**
 * Where a leader is. Terms rise, so that one who was thought dead and is not can be told from the one after it; `seq` counts what a leader has
 * passed on, so that a hole shows.
 * @internal
 */
export interface Position {
  readonly term: number;
  readonly leader: string;
  readonly seq: number;
}

/** What is known of an error in another tab: errors lose their class on the way. @internal */
export type Told = Pick<SiarError, 'message' | 'status' | 'retryAfter'>;

/** Who takes part, and which topics each wants. @internal */
export type Members = readonly (readonly [id: string, topics: readonly string[]])[];

/** What a leader says of itself. @internal */
export interface State extends Position {
  readonly kind: 'state';
  /** Where its predecessor was when it began; `undefined` for the first. */
  readonly base: Position | undefined;
  /** The place after all that was passed on. */
  readonly cursor: string;
  /** The place from which on all of `topics` are read: behind `cursor` just after new topics came in. */
  readonly from: string;
  readonly isOpen: boolean;
  /** Whether it has read all that was kept, or one before it has. */
  readonly isLive: boolean;
  /** Whether it has read all that was kept itself, so that it repeats nothing any more. */
  readonly isLevel: boolean;
  /** Topics that it knows to be closed. */
  readonly closed: readonly string[];
  readonly topics: readonly string[];
  readonly members: Members;
  readonly error: Told | undefined;
}

/** What a leader passes on. @internal */
export interface Items extends Position {
  readonly kind: 'items';
  readonly items: readonly Item[];
  /** The place after them. */
  readonly cursor: string;
}

/** A leader sends a member away, or everybody. @internal */
export interface Dismissal extends Position {
  readonly kind: 'dismiss';
  readonly member: string | undefined;
  /** `crowded`: the topics of all are too many for one connection, or make its address too long, and the member reads alone. `done`: nothing more comes. */
  readonly error: Told | 'crowded' | 'done';
}

/** What goes over the channel. @internal */
export type Message =
  | State
  | Items
  | Dismissal
  /** To the leader: count me in. */
  | { readonly kind: 'join'; readonly id: string; readonly topics: readonly string[] }
  | { readonly kind: 'leave'; readonly id: string }
  /** To the leader: say something. */
  | { readonly kind: 'ping' }
  /** From one who is about to lead: it comes back to it after all that came before. `asks` for the position where it has none. */
  | { readonly kind: 'mark'; readonly id: string; readonly asks: boolean }
  | { readonly kind: 'position'; readonly position: Position; readonly cursor: string; readonly topics: readonly string[]; readonly closed: readonly string[]; readonly members: Members };
