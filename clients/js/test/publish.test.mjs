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
    assert.deepEqual(request.headers, { 'content-type': 'application/x-ndjson', authorization: 'Bearer secret' });
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
    const id = publish('https://hub.example/events', { topics: 'a', data: '' }, { fetch: network.fetch });
    (await network.next()).refuse(429, { 'retry-after': '3' }, 'Too many.');
    await assert.rejects(id, { name: 'SiarError', message: 'Too many.', status: 429, retryAfter: 3000 });
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
