import type { Across } from './across.js';
import { LastingError } from './error.js';

/** Servers commonly stop at 8 KiB for all headers of a request together. */
const mostBytes = 4096;

const utf8 = new TextEncoder();

/** An id that a request can bring back. @throws {LastingError} @internal */
export function carried(id: string): string {
  if (id.length * 3 > mostBytes && utf8.encode(id).length > mostBytes) throw new LastingError(`An event's id is longer than ${mostBytes} bytes: no request could bring it back.`);
  return id;
}

/** HTML Standard, 9.2.3: the header's value is the last event id in UTF-8; `Headers` takes one character for each byte. */
const inHeader = (id: string) => ({ 'last-event-id': String.fromCharCode(...utf8.encode(carried(id))) });

/** RFC 9110, 5.5: a field's value has no control character but the tab, and blanks at its ends do not count. */
const isHeaders = (id: string) => !/^[\t ]|[\0-\x08\n-\x1f\x7f]|[\t ]$/.test(id);

/** The names of a cursor in the query: a hub takes the first that it finds. @internal */
export const cursorNames = ['lastEventId', 'last_event_id', 'lastEventID'];

/** The address that names the place itself. What else stands in it stays as it was written. */
function inQuery(url: string, id: string): string {
  const asked = new URL(url);
  for (const name of cursorNames) if (asked.searchParams.has(name)) asked.searchParams.delete(name);
  asked.search += `${asked.search && '&'}${new URLSearchParams({ lastEventId: carried(id) })}`;
  return asked.href;
}

/** What asks for what follows a place. @internal */
export type Ask = (url: string, headers: Record<string, string>) => Promise<Response>;

/** Asks with the place in the header, or in the query where a header would not bring it unchanged. @internal */
export const askAfter = (url: string, cursor: string, ask: Ask): Promise<Response> =>
  !cursor ? ask(url, {}) : isHeaders(cursor) ? ask(url, inHeader(cursor)) : ask(inQuery(url, cursor), {});

/** Tells the places of one reader. @internal */
export class Resume {
  /** What is needed across origins is loaded only there. */
  #across: Promise<Across | undefined> | undefined;

  /** A redirect may have led to another origin; where there is no page, all is one. */
  opened(url: string): void {
    if (globalThis.origin && new URL(url).origin !== globalThis.origin) this.#across ??= import('./across.js').then(({ Across }) => new Across()).catch(() => undefined);
  }

  async ask(url: string, cursor: string, ask: Ask, signal: AbortSignal): Promise<Response> {
    this.opened(url);
    const across = cursor && isHeaders(cursor) ? await this.#across : undefined;
    const byHeader = () => askAfter(url, cursor, ask);
    return across ? across.ask(byHeader, () => ask(inQuery(url, cursor), {}), signal) : byHeader();
  }
}
