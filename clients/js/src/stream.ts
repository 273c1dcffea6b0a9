import type { Item } from './item.js';
import { parseNdjson } from './json.js';
import type { ReaderOptions } from './options.js';
import { after, expect, send } from './request.js';
import { parseSse } from './sse.js';

/** `ndjson` tells the topics of each event. @internal */
export type Format = 'sse' | 'ndjson';

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
  format: Format,
  { method = 'GET', body, maxLength, ...options }: ReaderOptions,
  signal: AbortSignal,
  listener: StreamListener,
): Promise<void> {
  const type = format === 'sse' ? 'text/event-stream' : 'application/x-ndjson';
  const response = await send(url, options, { accept: type, ...after(cursor) }, { method, body: body ?? null, signal });
  await expect(response, type);
  let items: Item[] = [];
  const emit = (item: Item) => items.push(item);
  const parse = format === 'sse' ? parseSse(emit, listener.retry, cursor, maxLength) : parseNdjson(emit, listener.retry, maxLength);
  const reader = response.body!.getReader();
  // A body that does not end with the signal ends so.
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop);
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
