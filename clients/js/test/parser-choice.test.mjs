import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createParser } from 'eventsource-parser';

/** Why the package has a parser of its own (docs/decisions). When one of these fails, the library can do more than it could. */
describe('eventsource-parser', () => {
  const parse = (...chunks) => {
    const seen = [];
    const parser = createParser({ onEvent: (event) => seen.push(event) });
    for (const chunk of chunks) parser.feed(chunk);
    return seen;
  };

  test('does not report an id without data', () => assert.deepEqual(parse('id: 7\n\ndata: a\n\n'), [{ id: undefined, event: undefined, data: 'a' }]));

  test('waits for more after a CR', () => assert.deepEqual(parse('data: a\r\r'), []));
});
