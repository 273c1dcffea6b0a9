import type { SiarEventSourceOptions } from './options.js';
import { cursorNames } from './resume.js';

/** The parts of the path of a hub's `/events`: the door, and the topic behind it. */
const parse = ({ pathname }: URL) => /^(.*?\/events)(?:\/(.*))?$/.exec(pathname);

/** The address with what a reader without a place wants first. @internal */
export function beginning(url: string, { last, snapshot }: SiarEventSourceOptions): string {
  const asked = new URL(url);
  if (last) asked.searchParams.set('last', String(last));
  if (snapshot) asked.searchParams.set('snapshot', 'on');
  return asked.href;
}

/**
 * The address as the client asks it: the hub's streams then refuse with a status, and say when the reader may come back; and they tell signals, and
 * places without an event.
 * @internal
 */
export function asking(url: string, method = 'GET'): string {
  const asked = new URL(url);
  if (method !== 'GET' || !parse(asked)) return url;
  const query = asked.searchParams;
  for (const [name, value] of [['refusal', 'status'], ['signals', 'on']] as const) if (!query.has(name)) query.set(name, value);
  return asked.href;
}

/** Where events are published for those who read here. @internal */
export function doorOf(url: string): string {
  const parsed = new URL(url);
  const [, door] = parse(parsed) ?? [];
  if (!door) throw new TypeError(`'${url}' is no address of a hub's /events: import publish() and name one.`);
  return parsed.origin + door;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The hub has a sentence about it.
    return text;
  }
}

/** What a reader asks of a hub, so that what several readers ask can be put together. @internal */
export interface Interest {
  /** The same for readers that can share a connection. */
  readonly key: string;
  /** What the reader wants of such a connection; `*` is everything. */
  readonly topics: readonly string[];
  /** The cursor that its address names. */
  readonly cursor: string;
  /** Whether its address asks for something older where there is no cursor. */
  readonly looksBack: boolean;
  /** The address that asks for these topics. */
  readonly of: (topics: Iterable<string>) => string;
}

/** Topics can be put together. An event does not tell which pattern it matched, so only those who give the same ones share a connection. @internal */
export function interestOf(url: string): Interest {
  const asked = new URL(url);
  const query = asked.searchParams;
  let cursor = '';
  for (const name of cursorNames) {
    cursor ||= query.get(name) ?? '';
    query.delete(name);
  }

  const looksBack = query.has('last') || query.has('snapshot');
  const [, door, path] = parse(asked) ?? [];
  if (!door || query.has('pattern') || query.has('template')) return { key: asked.href, topics: ['*'], cursor, looksBack, of: () => asked.href };
  const topics = query.getAll('topic');
  if (path) topics.unshift(decode(path));
  query.delete('topic');
  query.sort();
  asked.pathname = door;
  return {
    key: asked.href,
    topics,
    cursor,
    looksBack,
    of: (all) => {
      const together = new URL(asked);
      for (const topic of all) together.searchParams.append('topic', topic);
      return together.href;
    },
  };
}
