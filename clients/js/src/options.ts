import { bounded } from './time.js';

/** What is asked before each request, so that a token that has run out is never sent. */
export type TokenProvider = () => string | null | undefined | Promise<string | null | undefined>;

/** How requests are made. */
export interface RequestOptions {
  /** Sent with each request. */
  headers?: HeadersInit;
  /** A bearer token, or who gives one: asked before each request. */
  token?: string | TokenProvider;
  /** Send cookies to other origins too. Default: `false`. */
  withCredentials?: boolean;
  /** What makes the requests. Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** How a {@link SiarEventSource} reads. Times are in milliseconds; one beyond 2,147,483,647, `Infinity` too, counts as that: some 25 days. */
export interface SiarEventSourceOptions extends RequestOptions {
  /** Default: `GET`. Others cannot be shared between tabs, nor fall back to long polling. */
  method?: string;
  /** Sent anew with each attempt. */
  body?: string | Blob | ArrayBuffer | URLSearchParams | FormData;
  /** Go on after this event: the first request says so already. */
  lastEventId?: string;
  /** Where there is no place to go on from: begin with the newest so many events of each topic. */
  last?: number;
  /** Where there is no place to go on from: begin with the newest event of every key, and again after a gap. Not together with `last`. */
  snapshot?: boolean;
  /** Keep the place across reloads of the page, in `sessionStorage`, under this key; `true` makes one of the URL. It beats `lastEventId`. */
  remember?: boolean | string;
  /**
   * Read through one connection for all tabs of the origin that give the same URL (topics aside), headers and name; `true` is a name too. Tabs of
   * different users must give different names. Needs Web Locks and BroadcastChannel, without which the source has a connection of its own.
   */
  shared?: boolean | string;
  /** When to connect again: after every end, only after a failure, or never. Default: `always`. */
  reconnect?: 'always' | 'on-error' | 'never';
  /** Statuses after which it comes back. `[]` is what browsers do. Default: 408, 425, 429, and from 500 on all but 501 and 505. */
  retryOn?: readonly number[];
  /** The reconnection time until the server says another. Default: 2,000. */
  retry?: number;
  /** The shortest wait before an attempt, whatever the server says. Default: 100. */
  minDelay?: number;
  /** The longest reconnection time, and the most that failures add to it. Default: 30,000. */
  maxDelay?: number;
  /** A connection that held so long makes earlier failures forgotten. Default: 5,000. */
  stableAfter?: number;
  /** A connection on which no byte came for so long is dead. 0: never. Default: 45,000, three keep-alives of the hub. */
  deadAfter?: number;
  /** Long polling: never, always, or when a stream brings nothing within `pollAfter` and a page of events does. Default: `auto`. */
  polling?: 'auto' | 'always' | 'never';
  /** Default: 5,000. */
  pollAfter?: number;
  /** A leading tab that has said nothing for so long is asked, and replaced when it does not answer for as long again. Default: 3,000. */
  stealAfter?: number;
  /** The longest event, in characters: the line that comes, and the data before it. A longer one ends the source. Default: 16,777,216. */
  maxLength?: number;
}

/** An option that stands there as `undefined` counts as not given. @internal */
export const named = <T extends object>(options: T): T => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

const times = { retry: 2000, minDelay: 100, maxDelay: 30_000, stableAfter: 5000, deadAfter: 45_000, pollAfter: 5000, stealAfter: 3000 };

/** @internal */
export const withDefaults = (options: SiarEventSourceOptions) => {
  const all = { ...times, maxLength: 1 << 24, ...named(options) };
  for (const name of Object.keys(times) as (keyof typeof times)[]) all[name] = bounded(all[name]);
  return all;
};

/**
 * Whether a status is about the way or the moment, and not about the request. Those from 500 on that no server knows, such as 520 to 530, are of what
 * stands before it; 501 and 505 say that this request will never be answered.
 */
const isPassing = (status: number) => [408, 425, 429].includes(status) || (status >= 500 && status < 600 && status !== 501 && status !== 505);

/** Whether the source comes back after an answer of this status. @internal */
export const comesBackAfter = (status: number, { retryOn }: SiarEventSourceOptions): boolean => retryOn?.includes(status) ?? isPassing(status);

/** @internal */
export type ReaderOptions = ReturnType<typeof withDefaults>;
