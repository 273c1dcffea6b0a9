import type { Emit, Item, Parse } from './item.js';
import type { ReaderOptions } from './options.js';
import { expect, send } from './request.js';
import type { Resume } from './resume.js';

/** How a stream is written. @internal */
export interface Format {
  readonly type: string;
  /** Makes what parses one connection from a last event id on; an event may have so many characters at most. */
  readonly parse: (emit: Emit, setRetry: (milliseconds: number) => void, lastEventId: string, most: number) => Parse;
}

/** @internal */
export interface StreamListener {
  opened(url: string): void;
  retry(milliseconds: number): void;
  /** The next bytes are not read before what it returns is done. */
  received(items: readonly Item[]): void | Promise<void>;
}

/** Reads one connection to its end. Throws what ends it early: the answer, the network, or the signal's reason. @internal */
export async function readStream(
  url: string,
  cursor: string,
  { type, parse: parserOf }: Format,
  resume: Resume,
  { method = 'GET', body, maxLength, ...options }: ReaderOptions,
  signal: AbortSignal,
  listener: StreamListener,
): Promise<void> {
  const response = await resume.ask(url, cursor, (to, headers) => send(to, options, { accept: type, ...headers }, { method, body: body ?? null, signal }), signal);
  await expect(response, type);
  let items: Item[] = [];
  const parse = parserOf((item) => items.push(item), listener.retry, cursor, maxLength);
  const reader = response.body!.getReader();
  // A body that does not end with the signal ends so.
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop);
  resume.opened(response.url || url);
  listener.opened(response.url || url);
  for (;;) {
    const { done, value } = await reader.read();
    signal.throwIfAborted();
    if (done) return;
    try {
      parse(value);
    } finally {
      // What came before an event that is too long has come.
      await listener.received(items);
    }

    items = [];
  }
}
