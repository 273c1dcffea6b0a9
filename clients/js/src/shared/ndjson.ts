import { closed, place, signal } from '../item.js';
import { toItem, type JsonEvent } from '../json.js';
import { splitLines } from '../lines.js';
import type { Format } from '../stream.js';

interface Signal { signal: string; id: string; topic?: string; milliseconds?: number }

/** The hub's stream of lines of JSON: unlike server-sent events they tell the topics. @internal */
export const ndjson: Format = {
  type: 'application/x-ndjson',
  parse: (emit, setRetry, _, most) => splitLines((line) => {
    if (!line) return;
    const value = JSON.parse(line) as JsonEvent | Signal;
    if (!('signal' in value)) return emit(toItem(value));
    const { signal: name, id, ...data } = value;
    if (name === 'retry') setRetry(data.milliseconds!);
    else if (name === 'cursor') emit(place(id));
    else emit(name === 'closed' ? closed(id, data.topic!) : signal(name, id, data));
  }, () => 0, most),
};
