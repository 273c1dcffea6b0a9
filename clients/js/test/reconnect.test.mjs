import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { begin, pass, stand } from './support/begin.mjs';
import { settle } from './support/network.mjs';

describe('the wait before it connects again', () => {
  const delayOf = async (network) => {
    let waited = 0;
    while (!network.waiting) {
      await pass(10, 10);
      waited += 10;
      assert.ok(waited < 100_000, 'It never came back.');
    }
    return waited;
  };

  test('is what the server said, over several connections', async (t) => {
    const { network } = begin(t);
    (await network.next()).stream('retry: 03000\ndata: a\n\n').end();
    assert.equal(await delayOf(network), 3000);
    (await network.next()).stream('retry: 1000x\nretry\nretry:\ndata: a\n\n').end();
    assert.equal(await delayOf(network), 3000);
  });

  test('is never none', async (t) => {
    const { network } = begin(t);
    (await network.next()).stream('retry: 0\ndata: a\n\n').end();
    assert.equal(await delayOf(network), 100);
  });

  test('has a longest', async (t) => {
    const { network } = begin(t);
    (await network.next()).stream('retry: 2147483647\ndata: a\n\n').end();
    assert.equal(await delayOf(network), 30_000);
  });

  test('is the usual one where the option is undefined', async (t) => {
    const { network } = begin(t, { retry: undefined, minDelay: undefined, maxDelay: undefined, retryOn: undefined, deadAfter: undefined });
    (await network.next()).refuse(503);
    assert.equal(await delayOf(network), 2000);
    (await network.next()).stream('retry: 90000\ndata: a\n\n').end();
    assert.equal(await delayOf(network), 30_000);
  });

  test('doubles with each failure, to a longest', async (t) => {
    const { network } = begin(t, {}, { random: 0.999999 });
    const delays = [];
    for (let failure = 0; failure < 6; failure++) {
      (await network.next()).answer(Promise.reject(new TypeError('refused')));
      delays.push(await delayOf(network));
    }
    assert.deepEqual(delays, [4000, 6000, 10_000, 18_000, 32_000, 32_000]);
  });

  test('is spread over all of that', async (t) => {
    const { network } = begin(t, {}, { random: 0.5 });
    (await network.next()).answer(Promise.reject(new TypeError('refused')));
    await delayOf(network);
    (await network.next()).answer(Promise.reject(new TypeError('refused')));
    assert.equal(await delayOf(network), 4000);
  });

  test('forgets failures when a connection has held', async (t) => {
    const { network } = begin(t, {}, { random: 0.999999 });
    for (let failure = 0; failure < 4; failure++) {
      (await network.next()).answer(Promise.reject(new TypeError('refused')));
      await delayOf(network);
    }
    const request = (await network.next()).stream('data: a\n\n');
    await pass(5000);
    request.fail();
    assert.equal(await delayOf(network), 4000);
  });

  test('grows when connections end before they told anything', async (t) => {
    const { network } = begin(t, {}, { random: 0.999999 });
    const delays = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      (await network.next()).stream('retry: 1000\n\n').end();
      delays.push(await delayOf(network));
    }
    assert.deepEqual(delays, [2000, 3000, 5000]);
  });

  for (const [said, wait] of [['7', 7000], ['100000', 600_000]]) {
    test(`is the ${said} seconds of Retry-After, within reason`, async (t) => {
      const { network } = begin(t);
      (await network.next()).refuse(503, { 'retry-after': said });
      await settle();
      await pass(wait - 500, 500);
      assert.equal(network.waiting, 0);
      await pass(500, 500);
      assert.equal(network.waiting, 1);
    });
  }

  test('takes a date in Retry-After', async (t) => {
    const { network } = begin(t);
    (await network.next()).refuse(429, { 'retry-after': new Date(Date.now() + 5000).toUTCString() });
    await settle();
    await pass(3900);
    assert.equal(network.waiting, 0);
    await pass(1100);
    assert.equal(network.waiting, 1);
  });

  test('is cut short when the network is back', async (t) => {
    const page = new EventTarget();
    t.after(stand(page));
    const { network } = begin(t);
    (await network.next()).answer(Promise.reject(new TypeError('refused')));
    await settle();
    page.dispatchEvent(new Event('online'));
    await settle();
    assert.equal(network.waiting, 1);
  });

  test('is not cut short when the server asked for it', async (t) => {
    const page = new EventTarget();
    t.after(stand(page));
    const { network } = begin(t);
    (await network.next()).refuse(503, { 'retry-after': '7' });
    await settle();
    page.dispatchEvent(new Event('online'));
    await settle();
    assert.equal(network.waiting, 0);
  });
});

describe('a dead link', () => {
  test('is noticed when no byte comes', async (t) => {
    const { network, seen, failure } = begin(t, { deadAfter: 10_000 });
    const request = (await network.next()).stream('data: a\n\n');
    for (let turn = 0; turn < 5; turn++) {
      await pass(9000, 500);
      request.send(':');
    }
    assert.deepEqual(seen, ['open 1', 'message a ']);
    await pass(10_000, 500);
    assert.match((await failure).error.message, /10000 ms/);
    assert.ok(request.signal.aborted);
  });

  test('is noticed when no answer comes', async (t) => {
    const { network, seen } = begin(t, { deadAfter: 10_000, polling: 'never' });
    await network.next();
    await pass(10_000, 500);
    assert.deepEqual(seen, ['error 0']);
  });

  test('is noticed when a token never comes', async (t) => {
    const { seen } = begin(t, { deadAfter: 10_000, polling: 'never', token: () => new Promise(() => {}) });
    await pass(10_000, 500);
    assert.deepEqual(seen, ['error 0']);
  });

  test('is noticed when a page is seen again after a sleep', async (t) => {
    t.after(stand(new EventTarget()));
    const { network, seen } = begin(t);
    (await network.next()).stream('data: a\n\n');
    await settle();
    mock.timers.setTime(Date.now() + 60_000);
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    assert.deepEqual(seen, ['open 1', 'message a ', 'error 0']);
  });
});

describe('when it comes back', () => {
  for (const [reconnect, failed, wanted] of [
    ['on-error', false, 2], ['on-error', true, 0], ['never', false, 2], ['never', true, 2], ['always', false, 0], ['always', true, 0],
  ]) {
    test(`${reconnect}: after ${failed ? 'a failure' : 'an end in order'}`, async (t) => {
      const { source, network } = begin(t, { reconnect });
      const request = (await network.next()).stream('data: a\n\n');
      await settle();
      if (failed) request.fail();
      else request.end();
      await settle();
      assert.equal(source.readyState, wanted);
    });
  }

  test('a page that was put away comes back at once', async (t) => {
    const page = new EventTarget();
    t.after(stand(page));
    const { network } = begin(t);
    const request = (await network.next()).stream('id: 1\ndata: a\n\n');
    await settle();
    page.dispatchEvent(new Event('pagehide'));
    await settle();
    assert.ok(request.signal.aborted);
    await pass(60_000, 1000);
    assert.equal(network.waiting, 0);
    page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    await settle();
    assert.equal((await network.next()).headers['last-event-id'], '1');
  });
});
