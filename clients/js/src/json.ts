import { closed, place, signal, type Emit, type Gap, type Item, type Parse } from './item.js';
import { splitLines } from './lines.js';

interface JsonEvent { id: string; type?: string; data: string; topics: string[]; time?: string }
interface Page { events: JsonEvent[]; cursor: string; gap?: Gap; closed?: string[] }
interface Signal { signal: string; id: string; topic?: string; milliseconds?: number }

const toItem = ({ id, type = 'message', data, topics, time = '' }: JsonEvent): Item => ({ id, type, data, topics, time });

/** Parses the hub's stream of lines of JSON: unlike server-sent events they tell the topics. @internal */
export function parseNdjson(emit: Emit, setRetry: (milliseconds: number) => void, most: number): Parse {
  return splitLines((line) => {
    if (!line) return;
    const value = JSON.parse(line) as JsonEvent | Signal;
    if (!('signal' in value)) return emit(toItem(value));
    const { signal: name, id, ...data } = value;
    if (name === 'retry') setRetry(data.milliseconds!);
    else if (name === 'cursor') emit(place(id));
    else emit(name === 'closed' ? closed(id, data.topic!) : signal(name, id, data));
  }, () => 0, most);
}

/** What is on a page: the gap before its events, they, the topics that are closed, and the place from which the next page goes on. @internal */
export const itemsOf = ({ events, cursor, gap, closed: over = [] }: Page): Item[] => [
  ...(gap ? [signal('gap', gap.oldest, gap)] : []), ...events.map(toItem), ...over.map((topic) => closed(cursor, topic)), place(cursor),
];

/** Whether a body is a page of the hub. @internal */
export const isPage = (body: unknown): body is Page =>
  Array.isArray((body as Page | null)?.events) && typeof (body as Page).cursor === 'string';
