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
  /** It must not begin or end with a space or tab, nor hold a control character: readers send it back in a header field. Default: one that the hub makes. */
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
 * @throws {SiarError} The hub refused: its `status` and `retryAfter` say more.
 * @throws {TypeError} An id could not come back from a reader; nothing was sent.
 */
export async function publish(door: string | URL, event: NewEvent, options?: PublishOptions): Promise<string>;
export async function publish(door: string | URL, events: readonly NewEvent[], options?: PublishOptions): Promise<string[]>;
export async function publish(door: string | URL, what: NewEvent | readonly NewEvent[], options?: PublishOptions): Promise<string | string[]>;
export async function publish(door: string | URL, what: NewEvent | readonly NewEvent[], options: PublishOptions = {}): Promise<string | string[]> {
  const events = [what].flat() as NewEvent[];
  for (const { id } of events) checkId(id);
  const body = events.map((event) => JSON.stringify({ ...event, topics: [event.topics].flat() })).join('\n');
  const init: RequestInit = { method: 'POST', body, signal: options.signal ?? null };
  const response = await send(door, options, { 'content-type': 'application/x-ndjson' }, init);
  if (!response.ok) throw await SiarError.from(response);
  const { ids } = (await response.json()) as { ids: string[] };
  return Array.isArray(what) ? ids : ids[0]!;
}

/** A reader sends the id back in `Last-Event-ID`, and a header field loses blanks at its ends and cannot hold control characters (RFC 9110, 5.5). */
function checkId(id: string | undefined): void {
  if (id !== undefined && /^[ \t]|[ \t]$|[\0-\x08\x0a-\x1f\x7f]/.test(id)) {
    throw new TypeError('The id begins or ends with a blank, or holds a control character: a reader cannot send it back in a header field.');
  }
}
