import { SiarError } from './error.js';
import type { RequestOptions } from './options.js';
import { send } from './request.js';

/** An event to publish. */
export interface NewEvent {
  /** What it is about; more than one makes alternates of all but the first. */
  topics: string | readonly string[];
  data: string;
  /** Default: none, which is `message` to a reader. */
  type?: string;
  /** Default: one that the hub makes. */
  id?: string;
  /** How long readers wait before they reconnect, in milliseconds. */
  retry?: number;
  /** Only for readers with a grant on one of the topics. */
  private?: boolean;
  /** What the event is the newest state of. */
  key?: string;
}

/** How a request to publish is made. */
export interface PublishOptions extends RequestOptions {
  signal?: AbortSignal;
}

/**
 * Publishes an event, or several of which all or none are published, in order. Gives the ids when the hub has them in its log.
 * It is not tried again: only the caller knows whether an event may be there twice.
 * @param door The address of the hub's `/events`.
 * @throws {TypeError} An id begins or ends with a blank.
 * @throws {SiarError} The hub refused: its `status` and `retryAfter` say more.
 */
export async function publish(door: string | URL, event: NewEvent, options?: PublishOptions): Promise<string>;
export async function publish(door: string | URL, events: readonly NewEvent[], options?: PublishOptions): Promise<string[]>;
export async function publish(door: string | URL, what: NewEvent | readonly NewEvent[], options?: PublishOptions): Promise<string | string[]>;
export async function publish(door: string | URL, what: NewEvent | readonly NewEvent[], options: PublishOptions = {}): Promise<string | string[]> {
  const events = [what].flat() as NewEvent[];
  // RFC 9110, 5.5: blanks at the ends of a field's value do not count, so that no reader could go on after such an id.
  const lost = events.find(({ id }) => id && /^[\t ]|[\t ]$/.test(id));
  if (lost) throw new TypeError(`The id '${lost.id}' begins or ends with a blank: a reader's request could not bring it back.`);
  const body = events.map((event) => JSON.stringify({ ...event, topics: [event.topics].flat() })).join('\n');
  const init: RequestInit = { method: 'POST', body, signal: options.signal ?? null };
  const response = await send(door, options, { 'content-type': 'application/x-ndjson' }, init);
  if (!response.ok) throw await SiarError.from(response);
  const { ids } = (await response.json()) as { ids: string[] };
  return Array.isArray(what) ? ids : ids[0]!;
}
