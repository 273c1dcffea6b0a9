import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { begin, pass } from './support/begin.mjs';
import { settle } from './support/network.mjs';

// Loading takes real time, of which the clock knows nothing.
await import('../dist/across.js');

/** What is asked after an event of this id, on a hub's address. */
async function askedAfter(t, id, url) {
  const { network, source } = begin(t, {}, { url });
  const request = (await network.next()).stream(`id:${id.startsWith(' ') ? ' ' : ''}${id}\ndata: a\n\n`);
  await settle();
  assert.equal(source.lastEventId, id);
  request.end();
  await pass(2000);
  return network.next();
}

describe('an id that a header cannot bring back unchanged goes into the query', () => {
  for (const id of [' ', '\t', ' x', 'x ', '\tx\t', 'a\x01b', 'a\x1bb', 'a\x7fb', '\x0b', ' é€ ', ' a&b=c+d%20 ']) {
    test(JSON.stringify(id), async (t) => {
      const { url, headers } = await askedAfter(t, id, 'https://hub.example/events/a?last_event_id=old&x=a%20b');
      assert.equal(headers['last-event-id'], undefined);
      assert.deepEqual([...url.searchParams], [['x', 'a b'], ['refusal', 'status'], ['signals', 'on'], ['lastEventId', id]]);
    });
  }

  test('and leaves the rest of an address as it was written', async (t) => {
    const { url } = await askedAfter(t, ' x', 'https://other.example/stream?signature=a%20b%2Bc~&d');
    assert.equal(url.search, '?signature=a%20b%2Bc~&d&lastEventId=+x');
  });

  test('also where pages are asked for', async (t) => {
    const { network } = begin(t, { polling: 'always' });
    (await network.next()).page({ events: [{ id: ' 1', topics: ['a'], data: 'a' }], cursor: ' 1' });
    await settle();
    const { url, headers } = await network.next();
    assert.deepEqual([url.searchParams.get('lastEventId'), headers['last-event-id']], [' 1', undefined]);
  });
});

for (const id of ['a b', 'a\tb', 'é', '\u00a0x\u00a0', '\u3000', '~!@#$%^&*()']) {
  test(`the id ${JSON.stringify(id)} goes into the header`, async (t) => {
    const { url, headers } = await askedAfter(t, id, 'https://hub.example/events/a');
    assert.equal(new TextDecoder().decode(Uint8Array.from(headers['last-event-id'], (c) => c.charCodeAt(0))), id);
    assert.equal(url.searchParams.get('lastEventId'), null);
  });
}

describe('across origins', () => {
  const foreign = 'https://other.example/stream';

  /** A source on a page of another origin. */
  function beginAcross(t, options = {}, url = foreign, page = 'https://page.example') {
    globalThis.origin = page;
    t.after(() => delete globalThis.origin);
    const begun = begin(t, { polling: 'never', lastEventId: '1', ...options }, { url });
    const errors = [];
    begun.source.addEventListener('error', ({ error }) => errors.push(error.message));
    return { ...begun, errors };
  }

  const fail = (request) => request.answer(Promise.reject(new TypeError('Failed to fetch')));
  const told = ({ url, headers }) => [headers['last-event-id'], url.searchParams.get('lastEventId')];

  /** Two attempts that fail, as a refused preflight does. */
  async function failTwice(network) {
    for (let attempt = 0; attempt < 2; attempt++) {
      const request = await network.next();
      assert.deepEqual(told(request), ['1', null]);
      fail(request);
      await pass(4000);
    }
  }

  test('a server that does not allow the header is told the place in the query, after two failures, and from then on', async (t) => {
    const { network, seen, errors } = beginAcross(t);
    await failTwice(network);
    assert.doesNotMatch(errors[0], /Last-Event-ID/);
    assert.match(errors[1], /^Failed to fetch: .*does not allow the header Last-Event-ID across origins.* in the query/);
    const answered = (await network.next()).stream('id: 2\ndata: b\n\n');
    assert.deepEqual(told(answered), [undefined, '1']);
    await settle();
    const again = await network.next();
    assert.deepEqual(told(again), ['1', null], 'The server is there: whether it allows the header is known now.');
    fail(again);
    await settle();
    assert.deepEqual(seen.slice(-2), ['open 1', 'message b 2']);
    answered.end();
    await pass(4000);
    assert.deepEqual(told(await network.next()), [undefined, '2']);
    assert.equal(network.waiting, 0);
  });

  test('a server that was only away is told the place in the header, since it may know no other', async (t) => {
    const { network, seen } = beginAcross(t);
    await failTwice(network);
    const down = await network.next();
    assert.deepEqual(told(down), [undefined, '1']);
    fail(down);
    await pass(16_000);
    const query = await network.next();
    assert.deepEqual(told(query), [undefined, '1']);
    query.stream('data: of no place\n\n');
    await settle();
    const header = await network.next();
    assert.deepEqual(told(header), ['1', null]);
    header.stream('id: 2\ndata: b\n\n');
    await settle();
    assert.deepEqual(seen.slice(-2), ['open 1', 'message b 2']);
    header.end();
    await pass(4000);
    assert.deepEqual(told(await network.next()), ['2', null]);
  });

  test('a redirect that leads there counts too', async (t) => {
    const { network, source } = beginAcross(t, { lastEventId: '' }, 'https://page.example/stream');
    const first = await network.next();
    const response = new Response(new ReadableStream({ start: (body) => { body.enqueue(new TextEncoder().encode('id: 1\ndata: a\n\n')); body.close(); } }), { headers: { 'content-type': 'text/event-stream' } });
    Object.defineProperty(response, 'url', { value: foreign });
    first.answer(response);
    await settle();
    assert.equal(source.lastEventId, '1');
    await pass(4000);
    await failTwice(network);
    assert.deepEqual(told(await network.next()), [undefined, '1']);
  });

  for (const [name, url, origin] of [['the same origin', 'https://page.example/stream', 'https://page.example'], ['a program without a page', foreign, null]]) {
    test(`${name} is told the place in the header, whatever fails`, async (t) => {
      const { network } = beginAcross(t, {}, url, origin);
      await failTwice(network);
      await pass(4000);
      assert.deepEqual(told(await network.next()), ['1', null]);
    });
  }

  test('silence is no refusal', async (t) => {
    const { network } = beginAcross(t, { deadAfter: 1000 });
    for (let attempt = 0; attempt < 4; attempt++) {
      assert.deepEqual(told(await network.next()), ['1', null]);
      await pass(20_000, 500);
    }
  });
});
