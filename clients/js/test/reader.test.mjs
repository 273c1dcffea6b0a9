import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SiarErrorEvent, SiarEventSource } from '../dist/index.js';
import { begin, pass } from './support/begin.mjs';
import { settle } from './support/network.mjs';

describe('a request', () => {
  test('asks as an EventSource does', async (t) => {
    const { network } = begin(t);
    const request = await network.next();
    assert.equal(request.method, 'GET');
    assert.deepEqual(request.headers, { accept: 'text/event-stream' });
  });

  test('of a hub asks to be refused with a status and for signals, and leaves other addresses alone', async (t) => {
    const { network } = begin(t);
    assert.equal((await network.next()).url.search, '?refusal=status&signals=on');
    const other = new SiarEventSource('https://other.example/stream?signature=1', { fetch: network.fetch });
    t.after(() => other.close());
    assert.equal((await network.next()).url.search, '?signature=1');
  });

  for (const [options, query] of [[{ last: 5 }, '?last=5&refusal=status&signals=on'], [{ snapshot: true }, '?snapshot=on&refusal=status&signals=on']]) {
    test(`asks for the newest first: ${query}`, async (t) => {
      const { source, network } = begin(t, options);
      const request = await network.next();
      assert.equal(request.url.search, query);
      assert.equal(source.url, 'https://hub.example/events/prices');
      request.stream('id: 7\ndata: a\n\n').end();
      await pass(2000);
      // The cursor beats it: nothing comes twice.
      assert.equal((await network.next()).headers['last-event-id'], '7');
    });
  }

  test('has the headers, method and body that were given, each time', async (t) => {
    const { network } = begin(t, { headers: { 'x-tenant': '7' }, method: 'QUERY', body: 'topic=a', lastEventId: '5' });
    for (let attempt = 0; attempt < 2; attempt++) {
      const request = await network.next();
      assert.deepEqual([request.method, request.body, request.headers['x-tenant'], request.headers['last-event-id']], ['QUERY', 'topic=a', '7', '5']);
      request.stream().end();
      await pass(2100);
    }
  });

  test('asks for a token each time', async (t) => {
    let tokens = 0;
    const { network } = begin(t, { token: async () => `t${++tokens}` });
    for (const token of ['t1', 't2']) {
      const request = await network.next();
      assert.equal(request.headers.authorization, `Bearer ${token}`);
      request.stream('data: a\n\n').end();
      await pass(2100);
    }
  });

  test('says the last event id in UTF-8', async (t) => {
    const { network } = begin(t);
    (await network.next()).stream('id: …\ndata: a\n\n').end();
    await pass(2000);
    assert.deepEqual([...(await network.next()).headers['last-event-id']].map((c) => c.charCodeAt(0)), [0xe2, 0x80, 0xa6]);
  });

  test('has no last event id after an empty one', async (t) => {
    const { network } = begin(t);
    (await network.next()).stream('id: 1\ndata: a\n\nid\ndata: b\n\n').end();
    await pass(2000);
    assert.equal((await network.next()).headers['last-event-id'], undefined);
  });

  test('does not take the id of a block that did not end', async (t) => {
    const { network, seen } = begin(t);
    (await network.next()).stream('id: 1\ndata: a\n\nid: 2\ndata: b\n').end();
    await pass(2000);
    assert.equal((await network.next()).headers['last-event-id'], '1');
    assert.deepEqual(seen, ['open 1', 'message a 1', 'error 0']);
  });

  test('takes the id of a block without data', async (t) => {
    const { network, source } = begin(t);
    (await network.next()).stream('id: 7\n\n').end();
    await pass(2000);
    assert.equal((await network.next()).headers['last-event-id'], '7');
    assert.equal(source.lastEventId, '7');
  });
});

describe('the states', () => {
  test('are those of EventSource', () => {
    for (const holder of [SiarEventSource, SiarEventSource.prototype, globalThis.EventSource ?? SiarEventSource]) assert.ok(holder);
    assert.deepEqual([SiarEventSource.CONNECTING, SiarEventSource.OPEN, SiarEventSource.CLOSED], [0, 1, 2]);
  });

  test('go from connecting over open to closed', async (t) => {
    const { source, network, seen } = begin(t);
    assert.equal(source.readyState, source.CONNECTING);
    (await network.next()).stream(': hello\n\n');
    await settle();
    assert.equal(source.readyState, source.OPEN);
    source.close();
    assert.equal(source.readyState, source.CLOSED);
    assert.deepEqual(seen, ['open 1']);
  });

  test('nothing happens after close, not even in the same piece', async (t) => {
    const { source, network, seen } = begin(t);
    source.onmessage = () => source.close();
    const request = (await network.next()).stream('data: a\n\ndata: b\n\n');
    await settle();
    await pass(60_000, 1000);
    assert.deepEqual(seen, ['open 1', 'message a ']);
    assert.ok(request.signal.aborted);
    assert.equal(network.waiting, 0);
  });

  test('close while connecting ends the request', async (t) => {
    const { source, network, seen } = begin(t);
    const request = await network.next();
    source.close();
    await settle();
    assert.ok(request.signal.aborted);
    assert.deepEqual(seen, []);
  });

  test('the handlers are called once, as this', async (t) => {
    const { source, network } = begin(t);
    const calls = [];
    source.onopen = function () { calls.push(['open', this === source]); };
    source.onmessage = ({ data }) => calls.push(data);
    (await network.next()).stream('data: a\n\nevent: price\ndata: b\n\n');
    await settle();
    assert.deepEqual(calls, [['open', true], 'a']);
  });

  test('a URL that cannot be parsed throws', () => {
    assert.throws(() => new SiarEventSource('http://this is invalid/'), { name: 'SyntaxError' });
  });
});

describe('an answer', () => {
  for (const status of [204, 205, 210, 299, 301, 400, 403, 404, 409, 410, 421, 426, 428, 501, 505]) {
    test(`of ${status} ends it for good`, async (t) => {
      const { source, network, seen } = begin(t);
      (await network.next()).refuse(status === 205 ? 206 : status);
      await settle();
      await pass(60_000, 1000);
      assert.equal(source.readyState, 2);
      assert.deepEqual(seen, ['error 2']);
      assert.equal(network.waiting, 0);
    });
  }

  // Those of intermediaries are about the way, not about the request.
  for (const status of [408, 425, 429, 500, 502, 503, 504, 506, 507, 508, 510, 511, ...Array.from({ length: 11 }, (_, more) => 520 + more), 599]) {
    test(`of ${status} does not, unless wished`, async (t) => {
      const { network, seen, failure } = begin(t);
      (await network.next()).refuse(status, {}, 'The hub says why.');
      await settle();
      assert.deepEqual(seen, ['error 0']);
      const { error } = await failure;
      assert.deepEqual([error.status, error.message], [status, 'The hub says why.']);
      await pass(2000);
      assert.equal(network.waiting, 1);
    });

    test(`of ${status} does where it is to be as in browsers`, async (t) => {
      const { network, seen } = begin(t, { retryOn: [] });
      (await network.next()).refuse(status);
      await settle();
      assert.deepEqual(seen, ['error 2']);
    });
  }

  for (const type of ['text/x-bogus', 'x bogus', 'application/json', '']) {
    test(`of type '${type}' ends it for good`, async (t) => {
      const { network, seen } = begin(t);
      (await network.next()).stream('data: a\n\n', { type });
      await settle();
      assert.deepEqual(seen, ['error 2']);
    });
  }

  for (const type of ['text/event-stream;', 'TEXT/Event-Stream', 'text/event-stream; charset=windows-1252']) {
    test(`of type '${type}' is a stream of UTF-8`, async (t) => {
      const { network, seen } = begin(t);
      (await network.next()).stream('data: é\n\n', { type });
      await settle();
      assert.deepEqual(seen, ['open 1', 'message é ']);
    });
  }

  test('of 401 is tried once more when a provider gives the token', async (t) => {
    const { source, network } = begin(t, { token: () => 'stale' });
    (await network.next()).refuse(401);
    await pass(2000);
    (await network.next()).refuse(401);
    await settle();
    assert.equal(source.readyState, 2);
  });

});

test('a refusal counts although its sentence never comes', async (t) => {
  const { source, network } = begin(t);
  const request = await network.next();
  request.signal.addEventListener('abort', () => request.fail());
  request.stream('', { status: 403, type: 'text/plain' });
  await pass(45_000, 1000);
  assert.equal(source.readyState, 2);
});

describe('a closed topic', () => {
  const url = 'https://hub.example/events/jobs?topic=b';
  const closed = (topic, id) => `event: siar.closed\nid: ${id}\ndata: {"topic":"${topic}"}\n\n`;

  test('ends the source when it was the last one', async (t) => {
    const { source, network } = begin(t, {}, { url });
    const told = [];
    source.addEventListener('siar.closed', ({ data }) => told.push(data));
    const request = (await network.next()).stream(`data: a\n\n${closed('jobs', 1)}`);
    await settle();
    assert.equal(source.readyState, 1);
    request.send(closed('b', 2));
    await settle();
    assert.equal(source.readyState, 2);
    assert.deepEqual(told, ['{"topic":"jobs"}', '{"topic":"b"}']);
    await pass(60_000, 1000);
    assert.equal(network.waiting, 0);
  });

  test('is told once, however many pages say so', async (t) => {
    const { source, network, seen } = begin(t, { polling: 'always' }, { url });
    const told = [];
    source.addEventListener('siar.closed', ({ data }) => told.push(data));
    const page = async (closed, cursor) => {
      const request = await network.next();
      request.page({ events: [], cursor, closed });
      await settle();
      await pass(100);
      return request.url.searchParams.get('wait');
    };
    await page(['jobs'], '1');
    assert.equal(await page(['jobs'], '2'), '22', 'What is closed is nothing new.');
    assert.deepEqual(seen.slice(0, 2), ['open 1', 'siar.live {} 1']);
    await page(['jobs', 'b'], '3');
    assert.deepEqual([told, source.readyState], [['{"topic":"jobs"}', '{"topic":"b"}'], 2]);
    assert.equal(network.waiting, 0);
  });
});

describe('for await', () => {
  test('gives events of all types, and ends with the source', async (t) => {
    const { source, network } = begin(t);
    const got = [];
    const reading = (async () => { for await (const { type, data } of source) got.push([type, data]); })();
    (await network.next()).stream('data: a\n\nevent: price\ndata: b\n\nevent: siar.live\ndata: {}\n\n');
    await settle();
    source.close();
    await reading;
    assert.deepEqual(got, [['message', 'a'], ['price', 'b'], ['siar.live', '{}']]);
  });

  test('closes the source when it is left', async (t) => {
    const { source, network } = begin(t);
    const reading = (async () => { for await (const event of source) return event.data; })();
    (await network.next()).stream('data: a\n\ndata: b\n\n');
    assert.equal(await reading, 'a');
    assert.equal(source.readyState, 2);
  });

  test('throws what ended the source', async (t) => {
    const { source, network } = begin(t);
    const reading = (async () => { for await (const _ of source); })();
    (await network.next()).refuse(403);
    await assert.rejects(reading, { name: 'SiarError', status: 403 });
  });

  test('holds the connection back when it is slow', async (t) => {
    const { source, network } = begin(t);
    let go;
    let got = 0;
    const reading = (async () => {
      for await (const _ of source) {
        got++;
        if (got === 1) await new Promise((resolve) => (go = resolve));
      }
    })();
    const request = (await network.next()).stream('data: a\n\n'.repeat(300));
    await settle();
    request.send('event: price\ndata: b\n\n');
    let seen = 0;
    source.addEventListener('price', () => seen++);
    await settle();
    assert.deepEqual([got, seen], [1, 0]);
    await pass(100_000, 1000);
    go();
    await settle(400);
    assert.deepEqual([got, seen], [301, 1]);
    source.close();
    await reading;
  });
});

describe('the place', () => {
  /** A session's storage that outlives pages. */
  const storage = () => {
    const kept = new Map();
    globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
    return kept;
  };

  test('outlives a reload', async (t) => {
    storage();
    t.after(() => delete globalThis.sessionStorage);
    const first = begin(t, { remember: 'place' });
    (await first.network.next()).stream('id: 3\ndata: a\n\n');
    await settle();
    first.source.close();
    const { network } = begin(t, { remember: 'place', lastEventId: 'earliest' });
    assert.equal((await network.next()).headers['last-event-id'], '3');
  });

  test('is that of the last event that was handled', async (t) => {
    const kept = storage();
    t.after(() => delete globalThis.sessionStorage);
    const { source, network } = begin(t, { remember: 'place' });
    const reading = (async () => { for await (const event of source) if (event.data === 'b') await new Promise(() => {}); })();
    (await network.next()).stream('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n');
    await settle();
    assert.equal(kept.get('place'), '1');
    void reading;
  });

  test('is that of the event in which a listener closed the source', async (t) => {
    const kept = storage();
    t.after(() => delete globalThis.sessionStorage);
    const { source, network, seen } = begin(t, { remember: 'place' });
    source.onmessage = ({ data }) => data === 'b' && source.close();
    (await network.next()).stream('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n');
    await settle();
    assert.deepEqual([kept.get('place'), source.lastEventId, seen.length], ['2', '2', 3]);
  });

  test('that cannot be kept is no error', async (t) => {
    globalThis.sessionStorage = { getItem() { throw new Error('forbidden'); }, setItem() { throw new Error('full'); } };
    t.after(() => delete globalThis.sessionStorage);
    const { network, seen } = begin(t, { remember: true });
    (await network.next()).stream('data: a\n\n');
    await settle();
    assert.deepEqual(seen, ['open 1', 'message a ']);
  });
});

describe('published events of the types error and open', () => {
  test('are MessageEvents with data, which the connection\'s own are not', async (t) => {
    const { source, network } = begin(t);
    const told = [];
    const tell = (event) => told.push([event.type, event instanceof MessageEvent, event instanceof SiarErrorEvent, event.data, event.lastEventId]);
    for (const type of ['error', 'open']) source.addEventListener(type, tell);
    const request = (await network.next()).stream('event: error\nid: 1\ndata: a\n\nevent: open\nid: 2\ndata: b\n\n');
    await settle();
    request.end();
    await settle();
    assert.deepEqual(told, [
      ['open', false, false, undefined, undefined],
      ['error', true, false, 'a', '1'],
      ['open', true, false, 'b', '2'],
      ['error', false, true, undefined, undefined],
    ]);
  });

  test('come to the handlers as to those of a browser\'s EventSource', async (t) => {
    const { source, network } = begin(t);
    const told = [];
    source.onerror = (event) => told.push(event.data ?? source.readyState);
    source.onopen = (event) => told.push(event.data ?? source.readyState);
    (await network.next()).stream('event: error\ndata: a\n\nevent: open\ndata: b\n\n');
    await settle();
    assert.deepEqual(told, [1, 'a', 'b']);
    assert.equal(source.readyState, 1);
  });

  test('come out of for await, where the connection\'s own do not', async (t) => {
    const { source, network } = begin(t);
    const got = [];
    const reading = (async () => { for await (const { type, data } of source) got.push([type, data]); })();
    (await network.next()).stream('event: error\ndata: a\n\nevent: open\ndata: b\n\n');
    await settle();
    source.close();
    await reading;
    assert.deepEqual(got, [['error', 'a'], ['open', 'b']]);
  });
});
