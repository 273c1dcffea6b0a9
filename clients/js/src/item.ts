/**
 * What a stream or a page reports: an event, a signal of the hub, or only a place to go on from.
 * @internal
 */
export interface Item {
  /** The last event id after it. */
  readonly id: string;
  /** `''` when there is no event, only an id. */
  readonly type: string;
  readonly data: string;
  /** Of an event that came as JSON: what it is about. */
  readonly topics?: readonly string[];
  /** Of an event that came as JSON: tells apart events to which their publisher gave one id. */
  readonly time?: string;
}

/** What a reader needs of a format: bytes go in, and items and reconnection times come out of the functions that it was made with. @internal */
export type Parse = (chunk: Uint8Array) => void;

/** @internal */
export type Emit = (item: Item) => void;

/** A place in the log, without an event. @internal */
export const place = (id: string): Item => ({ id, type: '', data: '' });

/** What a signal of the hub is to a listener. @internal */
export const signal = (name: string, id: string, data: object = {}): Item => ({ id, type: `siar.${name}`, data: JSON.stringify(data) });

/** That nothing more comes on a topic. Only who reads that is told. @internal */
export const closed = (id: string, topic: string): Item => ({ ...signal('closed', id, { topic }), topics: [topic], time: topic });

/** @internal */
export const isClosed = ({ type }: Item): boolean => type === 'siar.closed';

/** The data of `siar.gap`: events after `requested` are gone. All that are kept follow. */
export interface Gap {
  /** The id after which reading was asked for; `null` where there was none, or it was lost on its way. */
  requested: string | null;
  /** The id of the place from which reading went on. */
  oldest: string;
  /** `trimmed`, `unknown-id`, `other-epoch`, `damaged` or `presence-paused`. */
  reason: string;
}
