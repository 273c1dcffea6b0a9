import type { Emit, Parse } from './item.js';
import { splitLines } from './lines.js';
import { carried } from './resume.js';
import type { Format } from './stream.js';
import { bounded } from './time.js';

/**
 * Parses `text/event-stream` (HTML Standard, 9.2.6). One for each connection: what it holds of an unfinished block ends with it, the block's
 * id included.
 * @internal
 */
export function parseSse(emit: Emit, setRetry: (milliseconds: number) => void, lastEventId: string, most: number): Parse {
  let data: string | undefined;
  let type = '';
  let id = lastEventId;
  let hasId = false;

  const dispatch = () => {
    // "Set the last event ID string of the event source to the value of the last event ID buffer", whether there is data or not.
    if (data !== undefined) emit({ id, type: type || 'message', data });
    else if (hasId) emit({ id, type: '', data: '' });
    data = undefined;
    type = '';
    hasId = false;
  };

  const takeField = (name: string, value: string) => {
    if (name === 'data') {
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (name === 'event') {
      type = value;
    } else if (name === 'id') {
      // "If the field value does not contain U+0000 NULL"
      if (value.includes('\0')) return;
      id = carried(value);
      hasId = true;
    } else if (name === 'retry' && /^[0-9]+$/.test(value)) {
      setRetry(bounded(Number(value)));
    }
  };

  return splitLines((line) => {
    const colon = line.indexOf(':');
    if (!line) dispatch();
    else if (colon < 0) takeField(line, '');
    else if (colon > 0) takeField(line.slice(0, colon), line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1)));
  }, () => data?.length ?? 0, most);
}

/** @internal */
export const sse: Format = { type: 'text/event-stream', parse: parseSse };
