import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { begin, pass, stand } from './support/begin.mjs';
import { settle } from './support/network.mjs';

const event = (id, data) => ({ id, topics: ['prices'], data, time: '2026-01-01T00:00:00Z' });

describe('a stream that brings nothing', () => {
  test('is left for pages where those come', async (t) => {
    const { network, seen } = begin(t);
    const stream = await network.next();
    await pass(4900, 100);
    assert.equal(network.waiting, 0);
    await pass(200, 100);
    const probe = await network.next();
    assert.deepEqual([probe.headers.accept, probe.url.searchParams.get('wait')], ['application/json', null]);
    probe.page({ events: [event('1', 'a')], cursor: '1' });
    await settle();
    assert.ok(stream.signal.aborted);

    const second = await network.next();
    assert.deepEqual([second.headers.accept, second.headers['last-event-id'], second.url.searchParams.get('wait')], ['application/json', '1', null]);
    second.page({ events: [], cursor: '2' });
    await settle();
    const third = await network.next();
    assert.deepEqual([third.headers['last-event-id'], third.url.searchParams.get('wait')], ['2', '22']);
    third.page({ events: [event('3', 'b'), event('4', 'c')], cursor: '4' });
    await settle();

    assert.deepEqual(seen, ['open 1', 'message a 1', 'siar.live {} 2', 'message b 3', 'message c 4']);
  });

  test('goes on when it was only slow', async (t) => {
    const { network, seen } = begin(t);
    const stream = await network.next();
    await pass(5100, 100);
    const probe = await network.next();
    stream.stream('id: 1\ndata: a\n\n');
    await settle();
    probe.page({ events: [event('1', 'a')], cursor: '1' });
    await settle();
    assert.deepEqual(seen, ['open 1', 'message a 1']);
    assert.ok(!stream.signal.aborted);
  });

  test('goes on where there are no pages, and is not doubted again', async (t) => {
    const { network, seen } = begin(t, { url: 'https://other.example/stream' });
    const stream = (await network.next()).stream();
    await pass(5100, 100);
    const probe = (await network.next()).stream('data: not a page\n\n');
    await settle();
    assert.ok(probe.signal.aborted, 'A second stream is left open.');
    assert.ok(!stream.signal.aborted);
    stream.end();
    await pass(2100, 100);
    await network.next();
    await pass(10_000, 500);
    assert.equal(network.waiting, 0);
    assert.deepEqual(seen, ['open 1', 'error 0']);
  });

  test('is not doubted when it was not asked with GET, or shall not be', async (t) => {
    for (const options of [{ method: 'QUERY' }, { polling: 'never' }]) {
      const { network } = begin(t, options);
      await network.next();
      await pass(20_000, 500);
      assert.equal(network.waiting, 0);
    }
  });

  test('twice after its beginning is doubted too', async (t) => {
    const { network } = begin(t);
    for (let turn = 0; turn < 2; turn++) {
      (await network.next()).stream(': hello\n\n');
      await pass(45_000, 500);
      await pass(5000, 100);
    }
    (await network.next()).stream(': hello\n\n');
    await pass(100, 10);
    assert.equal((await network.next()).headers.accept, 'application/json');
  });

  test('twice after its beginning, and then has something, goes on: what is on the page has come', async (t) => {
    const { network, seen } = begin(t);
    for (let turn = 0; turn < 2; turn++) {
      (await network.next()).stream(': hello\n\n');
      await pass(45_000, 500);
      await pass(5000, 100);
    }
    const stream = (await network.next()).stream(': hello\n\n');
    await pass(100, 10);
    const probe = await network.next();
    stream.send('id: 1\ndata: a\n\n');
    await settle();
    probe.page({ events: [event('1', 'a')], cursor: '1' });
    await settle();
    assert.deepEqual(seen.filter((report) => report.startsWith('message')), ['message a 1']);
    assert.ok(!stream.signal.aborted);
  });
});

describe('long polling', () => {
  const poll = (t, options) => begin(t, { polling: 'always', ...options });

  test('tells a gap before what follows it', async (t) => {
    const { network, seen } = poll(t, { lastEventId: 'old' });
    (await network.next()).page({ events: [event('8', 'h')], cursor: '8', gap: { requested: 'old', oldest: '7', reason: 'trimmed' } });
    await settle();
    assert.deepEqual(seen, ['open 1', 'siar.gap {"requested":"old","oldest":"7","reason":"trimmed"} 7', 'message h 8']);
  });

  test('goes on from where it was after a failure, and says so', async (t) => {
    const { network, seen } = poll(t);
    (await network.next()).page({ events: [event('1', 'a')], cursor: '1' });
    await settle();
    (await network.next()).refuse(503, { 'retry-after': '3' });
    await pass(3100, 100);
    (await network.next()).page({ events: [event('2', 'b')], cursor: '2' });
    await settle();
    assert.deepEqual(seen, ['open 1', 'message a 1', 'error 0', 'open 1', 'message b 2']);
  });

  test('does not ask without end a server that does not wait', async (t) => {
    const { network } = poll(t);
    const answer = async () => (await network.next()).page({ events: [], cursor: '1' });
    await answer();
    await settle();
    await answer();
    await settle();
    assert.equal(network.waiting, 0);
    await pass(100, 10);
    assert.equal(network.waiting, 1);
  });

  test('notices a page that never comes', async (t) => {
    const { network, seen } = poll(t, { deadAfter: 10_000 });
    await network.next();
    await pass(10_000, 500);
    assert.deepEqual(seen, ['error 0']);
  });

  test('a refusal ends it for good', async (t) => {
    const { source, network } = poll(t);
    (await network.next()).refuse(403);
    await settle();
    assert.equal(source.readyState, 2);
  });

  test('tries a stream again when the network is another', async (t) => {
    const page = new EventTarget();
    t.after(stand(page));
    const { network, seen } = begin(t);
    await network.next();
    await pass(5100, 100);
    (await network.next()).page({ events: [], cursor: '1' });
    await settle();
    const pending = await network.next();
    page.dispatchEvent(new Event('online'));
    pending.page({ events: [event('2', 'b')], cursor: '2' });
    await settle();
    const stream = await network.next();
    assert.deepEqual([stream.headers.accept, stream.headers['last-event-id']], ['text/event-stream', '2']);
    stream.stream('id: 3\ndata: c\n\n');
    await settle();
    assert.deepEqual(seen, ['open 1', 'message b 2', 'message c 3']);
  });
});
