import { SiarError } from './error.js';
import { refusal } from './futile.js';
import { comesBackAfter } from './options.js';
import { Pause } from './pause.js';
import type { NewEvent, PublishOptions } from './publish.js';
import { send } from './request.js';

const shortestWait = 500;
const longestWait = 10_000;

/** Publishes events in one request, with as many attempts as it takes. @internal */
export async function publishAll(door: string | URL, events: readonly NewEvent[], options: PublishOptions): Promise<string[]> {
  for (const { id } of events) checkId(id);
  const { signal = null, idempotencyKey = newKey(), giveUpAfter = 60_000 } = options;
  if (!/^[ !#-[\]-~]+$/.test(idempotencyKey)) throw new TypeError('The idempotency key is empty, or not of printable ASCII without quotes and backslashes.');
  const body = events.map((event) => JSON.stringify({ ...event, topics: [event.topics].flat() })).join('\n');
  const key = new Headers(options.headers).get('idempotency-key') ?? `"${idempotencyKey}"`;
  const began = performance.now();
  let isUncertain = false;
  for (let wait = shortestWait; ; wait = Math.min(2 * wait, longestWait)) {
    try {
      const response = await send(door, options, { 'content-type': 'application/x-ndjson', 'idempotency-key': key }, { method: 'POST', body, signal });
      if (!response.ok) throw await SiarError.from(response);
      return ((await response.json()) as { ids: string[] }).ids;
    } catch (thrown) {
      signal?.throwIfAborted();
      const { passes, error } = judge(thrown, door);
      isUncertain ||= passes && error.status === undefined;
      const delay = Math.max(error.retryAfter ?? 0, wait * (0.5 + Math.random()));
      if (!passes || performance.now() - began + delay > giveUpAfter) throw isUncertain ? uncertain(error) : error;
      await sleep(delay, signal);
    }
  }
}

/** Whether another attempt may fare better. `fetch` throws a TypeError where a network fails, and the body's reader where it breaks. */
function judge(thrown: unknown, door: string | URL): { passes: boolean; error: SiarError } {
  if (thrown instanceof SiarError) return { passes: comesBackAfter(thrown.status!, {}), error: thrown };
  const futile = refusal(thrown, new URL(door, globalThis.location?.href).href, { method: 'POST' });
  return { passes: !futile && thrown instanceof TypeError, error: futile ?? SiarError.of(thrown) };
}

function uncertain(error: SiarError): SiarError {
  return new SiarError(`${error.message} An answer was lost: the events may have been published, or not.`, error.status, error.retryAfter, { cause: error });
}

/** `crypto.randomUUID` is there in secure contexts only. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

async function sleep(milliseconds: number, signal: AbortSignal | null): Promise<void> {
  const pause = new Pause();
  const stop = () => pause.end();
  signal?.addEventListener('abort', stop);
  await pause.begin(milliseconds, false);
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
}

/** A reader sends the id back in `Last-Event-ID`, and a header field loses blanks at its ends and cannot hold control characters (RFC 9110, 5.5). */
function checkId(id: string | undefined): void {
  if (id !== undefined && /^[ \t]|[ \t]$|[\0-\x08\x0a-\x1f\x7f]/.test(id)) {
    throw new TypeError('The id begins or ends with a blank, or holds a control character: a reader cannot send it back in a header field.');
  }
}
