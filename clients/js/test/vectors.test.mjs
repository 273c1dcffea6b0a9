import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseSse } from '../dist/sse.js';

const folder = fileURLToPath(new URL('../../../tests/vectors/parse/', import.meta.url));

/** Its limits are in bytes of lines, events and ids; this package has one, of characters, which reader.test.mjs holds. */
const files = readdirSync(folder).filter((file) => file !== 'limits.json');

const bytes = (text) => (typeof text === 'string' ? new TextEncoder().encode(text) : Buffer.from(text.inputHex, 'hex'));

const ways = {
  whole: (input) => [[input]],
  'byte by byte': (input) => [Array.from(input, (byte) => Uint8Array.of(byte))],
  'cut in two everywhere': (input) => Array.from(input, (_, at) => [input.subarray(0, at), input.subarray(at)]),
};

function parse(streams) {
  const seen = [];
  let lastEventId = '';
  for (const chunks of streams) {
    const parse = parseSse(
      ({ id, type, data }) => {
        lastEventId = id;
        seen.push(type ? { event: { type, data, lastEventId: id } } : { lastEventId: id });
      },
      (retry) => seen.push({ retry }),
      lastEventId,
      Infinity,
    );
    for (const chunk of chunks) parse(chunk);
  }
  return { seen, lastEventId };
}

for (const file of files) {
  describe(`vectors/parse/${file}`, () => {
    for (const { name, streams, input, inputHex, expect, lastEventId = '' } of JSON.parse(readFileSync(folder + file, 'utf8'))) {
      const inputs = (streams ?? [inputHex === undefined ? input : { inputHex }]).map(bytes);
      const wanted = expect
        .filter((entry) => !('comment' in entry))
        .map((entry) => (entry.event ? { event: { type: 'message', lastEventId: '', ...entry.event } } : entry));
      test(name, () => {
        for (const [way, cut] of Object.entries(ways)) {
          const cuts = inputs.map(cut);
          for (let turn = 0; turn < Math.max(...cuts.map((all) => all.length)); turn++) {
            assert.deepEqual(parse(cuts.map((all) => all[turn] ?? all[0] ?? [])), { seen: wanted, lastEventId }, way);
          }
        }
      });
    }
  });
}
