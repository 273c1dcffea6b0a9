import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publish, SiarEventSource } from '../dist/index.js';
import { Network } from './support/network.mjs';

describe('publish', () => {
  test('sends an event as a line of JSON, with its topics in a list, and gives its id', async () => {
    const network = new Network();
    const id = publish('https://hub.example/events', { topics: 'rooms/12', data: 'a\nb', type: 'note', private: true }, { fetch: network.fetch, token: () => 'secret' });
    const request = await network.next();
    assert.deepEqual([request.method, request.url.href], ['POST', 'https://hub.example/events']);
    const { 'idempotency-key': key, ...headers } = request.headers;
    assert.deepEqual(headers, { 'content-type': 'application/x-ndjson', authorization: 'Bearer secret' });
    assert.match(key, /^"[!-~]{20,}"$/);
    assert.deepEqual(request.body.split('\n').map(JSON.parse), [{ topics: ['rooms/12'], data: 'a\nb', type: 'note', private: true }]);
    request.answer(Response.json({ ids: ['1'] }));
    assert.equal(await id, '1');
  });

  test('sends several in one request, and gives their ids in order', async () => {
    const network = new Network();
    const ids = publish('https://hub.example/events', [{ topics: 'a', data: '1' }, { topics: ['b', 'c'], data: '2' }], { fetch: network.fetch });
    const request = await network.next();
    assert.deepEqual(request.body.split('\n').map(JSON.parse), [{ topics: ['a'], data: '1' }, { topics: ['b', 'c'], data: '2' }]);
    request.answer(Response.json({ ids: ['1', '2'] }));
    assert.deepEqual(await ids, ['1', '2']);
  });

  for (const id of [' ', 'x ', '\tx', 'a\u0001b', 'a\nb']) {
    test(`refuses the id ${JSON.stringify(id)}, which a reader could not send back, before it goes`, async () => {
      const network = new Network();
      await assert.rejects(publish('https://hub.example/events', [{ topics: 'a', data: '' }, { topics: 'a', data: '', id }], { fetch: network.fetch }), { name: 'TypeError', message: /header field/ });
    });
  }

  test('says why it was refused, and when to come back', async () => {
    const network = new Network();
    const id = publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch: network.fetch, giveUpAfter: 0 });
    (await network.next()).refuse(429, { 'retry-after': '3' }, 'Too many.');
    await assert.rejects(id, { name: 'SiarError', message: 'Too many.', status: 429, retryAfter: 3000 });
  });

  test('is tried again with the same key while no answer comes, or one that passes, and as late as the hub asks', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const network = new Network();
    const id = publish('https://hub.example/events', { topics: 'a', data: '1' }, { fetch: network.fetch });
    const first = await network.next();
    first.answer(Promise.reject(new TypeError('fetch failed')));
    const second = await nextAfter(t, network, 750);
    second.refuse(503, { 'retry-after': '7' }, 'Not now.');
    await settle();
    t.mock.timers.tick(6_999);
    await settle();
    assert.equal(network.waiting, 0);
    const third = await nextAfter(t, network, 1);
    third.answer(new Response(new ReadableStream({ start: (body) => body.error(new TypeError('terminated')) })));
    const fourth = await nextAfter(t, network, 3_000);
    fourth.answer(Response.json({ ids: ['1'] }));
    assert.equal(await id, '1');
    for (const again of [second, third, fourth]) assert.deepEqual([again.body, again.headers['idempotency-key']], [first.body, first.headers['idempotency-key']]);
  });

  test('has a key of its own with each call, unless one is named, as an option or a header', async () => {
    const keys = [];
    const fetch = async (url, { headers }) => {
      keys.push(headers.get('idempotency-key'));
      return Response.json({ ids: ['1'] });
    };
    for (const options of [{}, {}, { idempotencyKey: 'order 7' }, { headers: { 'Idempotency-Key': 'mine' } }]) await publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch, ...options });
    assert.notEqual(keys[0], keys[1]);
    assert.deepEqual(keys.slice(2), ['"order 7"', 'mine']);
  });

  for (const idempotencyKey of ['', 'a"b', 'a\\b', 'é', 'a\nb']) {
    test(`refuses the idempotency key ${JSON.stringify(idempotencyKey)} before it goes`, async () => {
      await assert.rejects(publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch: new Network().fetch, idempotencyKey }), { name: 'TypeError', message: /idempotency key/ });
    });
  }

  test('gives up after its time, and says that the events may be there', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let attempts = 0;
    const fetch = async () => {
      attempts++;
      throw new TypeError('fetch failed');
    };
    const failed = assert.rejects(publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch, giveUpAfter: 900 }), {
      name: 'SiarError', message: 'fetch failed An answer was lost: the events may have been published, or not.', status: undefined,
    });
    await settle();
    t.mock.timers.tick(750);
    await settle();
    t.mock.timers.tick(900);
    await failed;
    assert.ok(attempts === 2 || attempts === 3, `There were ${attempts}.`);
  });

  for (const [what, url, thrown] of [
    ['a status that lasts', 'https://hub.example/events', undefined],
    ['an address that no request can have', 'ftp://hub.example/events', new TypeError('fetch failed')],
    ['what a provider of tokens throws', 'https://hub.example/events', new Error('signed out')],
  ]) {
    test(`is not tried again after ${what}`, async () => {
      let attempts = 0;
      const fetch = async () => {
        attempts++;
        if (thrown) throw thrown;
        return new Response('No.', { status: 403 });
      };
      await assert.rejects(publish(url, { topics: 'a', data: '' }, { fetch }), { message: /^(No|No stream can.*|signed out)\b/ });
      assert.equal(attempts, 1);
    });
  }

  test('ends with the signal while it waits', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const network = new Network();
    const stop = new AbortController();
    const id = publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch: network.fetch, signal: stop.signal });
    (await network.next()).refuse(503);
    await settle();
    stop.abort(new Error('The page is left.'));
    await assert.rejects(id, { message: 'The page is left.' });
  });

  for (const [read, door] of [
    ['https://hub.example/events/rooms/12', 'https://hub.example/events'],
    ['https://hub.example/live/events?topic=a&topic=b', 'https://hub.example/live/events'],
    ['https://hub.example/events/events/2', 'https://hub.example/events'],
  ]) {
    test(`beside the stream of ${read} goes to ${door}, with its headers and token`, async (t) => {
      const network = new Network();
      const source = new SiarEventSource(read, { fetch: network.fetch, headers: { 'x-tenant': '7' }, token: 'secret' });
      t.after(() => source.close());
      await network.next();
      void source.publish({ topics: 'a', data: '' }, { headers: undefined, token: undefined }).catch(() => {});
      const request = await network.next();
      assert.equal(request.url.href, door);
      assert.deepEqual([request.headers['x-tenant'], request.headers.authorization], ['7', 'Bearer secret']);
      request.refuse(403);
    });
  }

  test('leaves nothing behind on a signal that lives longer', async (t) => {
    const { signal } = new AbortController();
    const [added, removed] = [t.mock.method(signal, 'addEventListener'), t.mock.method(signal, 'removeEventListener')];
    await publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch: async () => Response.json({ ids: ['1'] }), signal });
    assert.deepEqual(removed.mock.calls.map((call) => call.arguments), added.mock.calls.map((call) => call.arguments));
  });

  test('beside a stream of another kind says what to do', async (t) => {
    const source = new SiarEventSource('https://hub.example/prices', { fetch: new Network().fetch });
    t.after(() => source.close());
    await assert.rejects(source.publish({ topics: 'a', data: '' }), /publish\(\)/);
  });
});

/** Lets all promises come through; no time passes. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The request that is made once so much time has passed. */
async function nextAfter(t, network, milliseconds) {
  await settle();
  t.mock.timers.tick(milliseconds);
  return network.next();
}
