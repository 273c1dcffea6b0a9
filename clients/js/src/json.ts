import { gap, live, place, type Emit, type Gap, type Item, type Parse } from './item.js';
import { splitLines } from './lines.js';

interface JsonEvent { id: string; type?: string; data: string; topics: string[]; time?: string }
interface Page { events: JsonEvent[]; cursor: string; gap?: Gap }
type Signal =
  | ({ signal: 'gap'; id: string } & Gap)
  | { signal: 'live' | 'cursor'; id: string }
  | { signal: 'retry'; milliseconds: number };

const toItem = ({ id, type = 'message', data, topics, time = '' }: JsonEvent): Item => ({ id, type, data, topics, time });

/** Parses the hub's stream of lines of JSON: unlike server-sent events they tell the topics. @internal */
export function parseNdjson(emit: Emit, setRetry: (milliseconds: number) => void, most: number): Parse {
  return splitLines((line) => {
    if (!line) return;
    const value = JSON.parse(line) as JsonEvent | Signal;
    if (!('signal' in value)) emit(toItem(value));
    else if (value.signal === 'retry') setRetry(value.milliseconds);
    else if (value.signal === 'gap') emit(gap(value.id, value));
    else if (value.signal === 'live') emit(live(value.id));
    else if (value.signal === 'cursor') emit(place(value.id));
  }, () => 0, most);
}

/** What is on a page: the gap before its events, they, and the place from which the next page goes on. @internal */
export function itemsOf(page: Page): Item[] {
  const items = page.events.map(toItem);
  if (page.gap) items.unshift(gap(page.gap.oldest, page.gap));
  return [...items, place(page.cursor)];
}

/** Whether a body is a page of the hub. @internal */
export const isPage = (body: unknown): body is Page =>
  typeof body === 'object' && body !== null && Array.isArray((body as Page).events) && typeof (body as Page).cursor === 'string';
