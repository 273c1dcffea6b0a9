import { closed, place, signal, type Gap, type Item } from './item.js';

/** @internal */
export interface JsonEvent { id: string; type?: string; data: string; topics: string[]; time?: string }
interface Page { events: JsonEvent[]; cursor: string; gap?: Gap; closed?: string[] }

/** @internal */
export const toItem = ({ id, type = 'message', data, topics, time = '' }: JsonEvent): Item => ({ id, type, data, topics, time });

/** What is on a page: the gap before its events, they, the topics that are closed, and the place from which the next page goes on. @internal */
export const itemsOf = ({ events, cursor, gap, closed: over = [] }: Page): Item[] => [
  ...(gap ? [signal('gap', gap.oldest, gap)] : []), ...events.map(toItem), ...over.map((topic) => closed(cursor, topic)), place(cursor),
];

/** Whether a body is a page of the hub. @internal */
export const isPage = (body: unknown): body is Page =>
  Array.isArray((body as Page | null)?.events) && typeof (body as Page).cursor === 'string';
