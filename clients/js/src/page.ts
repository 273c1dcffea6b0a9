import { SiarError } from './error.js';
import { isClosed, type Item } from './item.js';
import { isPage, itemsOf } from './json.js';
import type { RequestOptions } from './options.js';
import { expect, send } from './request.js';
import { askAfter, type Ask } from './resume.js';

/**
 * Fetches what follows the cursor, as far as there is any. The last item is the place to go on from.
 * @param wait Seconds that the hub waits for a first event.
 * @internal
 */
export async function fetchPage(url: string, cursor: string, wait: number, options: RequestOptions, signal: AbortSignal, asking: (url: string, cursor: string, ask: Ask, signal: AbortSignal) => Promise<Response> = askAfter): Promise<Item[]> {
  const to = new URL(url);
  if (wait) to.searchParams.set('wait', String(wait));
  const response = await asking(to.href, cursor, (url, headers) => send(url, options, { accept: 'application/json', ...headers }, { signal }), signal);
  await expect(response, 'application/json');
  const body: unknown = await response.json();
  if (!isPage(body)) throw new SiarError('The answer is no page of events.', 200);
  return itemsOf(body);
}

/** Whether there was nothing more to be had: what is closed stands on every page. @internal */
export const isLast = (items: readonly Item[]): boolean => items.every((item) => !item.type || isClosed(item));
