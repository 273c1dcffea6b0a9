import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { begin, pass } from './support/begin.mjs';
import { dice } from './support/dice.mjs';
import { settle } from './support/network.mjs';

/** Cuts bytes into pieces: in one, in many of one, or as the dice fall. */
const ways = {
  'in one piece': (bytes) => [bytes],
  'byte by byte': (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)),
  ...Object.fromEntries(Array.from({ length: 20 }, (_, seed) => [`cut by seed ${seed}`, (bytes) => {
    const random = dice(seed);
    const pieces = [];
    for (let at = 0; at < bytes.length; ) pieces.push(bytes.subarray(at, (at += 1 + Math.floor(random() * [2, 20, 400][seed % 3]))));
    return pieces;
  }])),
};

/** What would be asked for again and again if its failure were taken as passing. */
const hopeless = {
  'an event that is too long': ['id: 1\ndata: a\n\nid: 2\ndata: ' + '€'.repeat(60) + '\n\nid: 3\ndata: b\n\n', { maxLength: 50 }, /longer than 50 characters/],
  'an event of lines that are too long together': ['id: 1\ndata: a\n\nid: 2\n' + 'data: 12345678\r\n'.repeat(9) + '\r\nid: 3\ndata: b\n\n', { maxLength: 50 }, /longer than 50 characters/],
  'a line that is too long and never ends': ['id: 1\ndata: a\n\nid: 2\ndata: ' + 'x'.repeat(60), { maxLength: 50 }, /longer than 50 characters/],
  'a comment that is too long': ['id: 1\ndata: a\n\n:' + 'x'.repeat(60) + '\n\nid: 3\ndata: b\n\n', { maxLength: 50 }, /longer than 50 characters/],
  'an id that is too long': [`id: 1\ndata: a\n\nid: ${'é'.repeat(2049)}\ndata: c\n\nid: 3\ndata: b\n\n`, {}, /id is longer than 4096 bytes/],
};

for (const [name, [text, options, sentence]] of Object.entries(hopeless)) {
  describe(name, () => {
    for (const [way, cut] of Object.entries(ways)) {
      test(`ends the source with an error, after what came before it: ${way}`, async (t) => {
        const { source, network, seen, failure } = begin(t, options);
        const request = (await network.next()).stream();
        for (const piece of cut(new TextEncoder().encode(text))) request.sendBytes(piece);
        await settle();
        assert.match((await failure).error.message, sentence);
        assert.deepEqual([seen, source.readyState, source.lastEventId], [['open 1', 'message a 1', 'error 2'], 2, '1']);
        await pass(60_000, 1000);
        assert.equal(network.waiting, 0);
      });
    }
  });
}

test('an event and an id of just the longest length are taken', async (t) => {
  const { network, seen } = begin(t, { maxLength: 5000 });
  const id = 'é'.repeat(2048);
  const data = 'x'.repeat(5000 - 'data: '.length);
  (await network.next()).stream(`id: ${id}\ndata: ${data}\n\n`);
  await settle();
  assert.deepEqual(seen, ['open 1', `message ${data} ${id}`]);
});

test('an id to begin with that is too long ends the source, and nothing is asked', async (t) => {
  const { network, failure } = begin(t, { lastEventId: 'x'.repeat(200_000) });
  assert.match((await failure).error.message, /id is longer than 4096 bytes/);
  assert.equal(network.waiting, 0);
});

describe('a time longer than a timer can wait', () => {
  const longest = 2 ** 31 - 1;
  for (const name of ['retry', 'minDelay', 'maxDelay', 'stableAfter', 'deadAfter', 'pollAfter', 'stealAfter']) {
    for (const time of [longest + 1, 1e12, Infinity, NaN]) {
      test(`${name}: ${time} fires no timer at once`, async (t) => {
        const { network, seen } = begin(t, { polling: name === 'pollAfter' ? 'auto' : 'never', [name]: time });
        const set = mock.method(globalThis, 'setTimeout');
        t.after(() => set.mock.restore());
        const request = (await network.next()).stream('id: 1\ndata: a\n\n');
        await settle();
        request.fail();
        await pass(40_000, 1000);
        const waits = set.mock.calls.map(({ arguments: [, wait] }) => wait);
        assert.ok(waits.length > 0 && waits.every((wait) => wait >= 0 && wait <= longest), `Timers were set for ${waits}.`);
        assert.deepEqual(seen.slice(0, 2), ['open 1', 'message a 1']);
        assert.equal(network.waiting, name === 'minDelay' ? 0 : 1);
      });
    }
  }

  test('that the server asks for waits as long as maxDelay', async (t) => {
    const { network } = begin(t, { maxDelay: Infinity, retryOn: [503] });
    (await network.next()).refuse(503, { 'retry-after': '99999999999' });
    await pass(60_000, 1000);
    assert.equal(network.waiting, 0);
  });
});

describe('what can never work', () => {
  for (const address of ['mailto:a@b.example', 'ftp://hub.example/events', 'about:blank', 'javascript:alert(1)']) {
    test(`ends the source at once: ${address}`, async (t) => {
      const { source, network, seen, failure } = begin(t, {}, { url: address });
      (await network.next()).answer(Promise.reject(new TypeError('Failed to fetch')));
      assert.match((await failure).error.message, /must begin with http: or https:/);
      await pass(60_000, 1000);
      assert.deepEqual([seen, source.readyState, network.waiting], [['error 2'], 2, 0]);
    });
  }

  for (const [name, options, url] of [
    ['an address with a password', {}, 'https://a:b@hub.example/events'],
    ['a GET with a body', { body: 'a' }, undefined],
    ['a method that may not be used', { method: 'TRACE' }, undefined],
    ['a header that is none', { headers: { 'x y': 'a' } }, undefined],
  ]) {
    test(`ends the source at once: ${name}`, async (t) => {
      // The real one refuses before it sends anything.
      const { source, seen, failure } = begin(t, { fetch, ...options }, url && { url });
      const { error } = await failure;
      assert.equal(error.name, 'SiarError');
      await pass(60_000, 1000);
      assert.deepEqual([seen, source.readyState], [['error 2'], 2]);
    });
  }

  test('is not what a network does that fails', async (t) => {
    const { network, seen } = begin(t);
    (await network.next()).answer(Promise.reject(new TypeError('Failed to fetch')));
    await pass(2000);
    assert.deepEqual([seen, network.waiting], [['error 0'], 1]);
  });
});
