import type { RequestOptions } from './options.js';

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

/** How a publish is made. */
export interface PublishOptions extends RequestOptions {
  /** Ends the publish. The events may have been published by then. */
  signal?: AbortSignal;
  /**
   * By what the hub knows the publish again, in printable ASCII without quotes and backslashes: one that it has from a day at most is not published
   * again, and has the same ids. Name one to be able to publish again after a reload of the page. Default: one for each call.
   */
  idempotencyKey?: string;
  /** How long to go on trying, in milliseconds; 0 for one attempt. Default: 60,000. */
  giveUpAfter?: number;
}

/**
 * Publishes an event, or several of which all or none are published, in order. Gives the ids when the hub has them in its log.
 * Where no answer comes, or one that passes (408, 425, 429, and from 500 on all but 501 and 505), it tries again: each attempt has the same
 * `Idempotency-Key`, so that no event is published twice. What does it is loaded with the first call.
 * @param door The address of the hub's `/events`.
 * @throws {SiarError} The hub refused: its `status` and `retryAfter` say more. Or it gave up: without a `status`, no answer came.
 * @throws {TypeError} An id could not come back from a reader, or the key is none; nothing was sent.
 */
export async function publish(door: string | URL, event: NewEvent, options?: PublishOptions): Promise<string>;
export async function publish(door: string | URL, events: readonly NewEvent[], options?: PublishOptions): Promise<string[]>;
export async function publish(door: string | URL, what: NewEvent | readonly NewEvent[], options?: PublishOptions): Promise<string | string[]>;
export async function publish(door: string | URL, what: NewEvent | readonly NewEvent[], options: PublishOptions = {}): Promise<string | string[]> {
  const events = [what].flat() as NewEvent[];
  const ids = await (await import('./publishing.js')).publishAll(door, events, options);
  return Array.isArray(what) ? ids : ids[0]!;
}
