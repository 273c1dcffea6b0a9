import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { installClient, Source } from './support/client.mjs';
import { faultOf, Flow } from './support/flow.mjs';
import { Hub, root } from './support/hub.mjs';
import { places } from './support/listener.mjs';
import { bufferingProxy } from './support/proxy.mjs';
import { freshTopic, suite } from './support/suite.mjs';

const shared = suite();

async function open(t) {
  const page = await shared.page(t);
  await installClient(page);
  return page;
}

for (const place of places) {
  describe(`a SiarEventSource in a ${place}`, () => {
    for (const together of [false, true]) {
      test(`receives what is published, ${together ? 'over a shared connection' : 'over its own'}`, async (t) => {
        const topic = freshTopic();
        const page = await open(t);
        const source = await Source.start(page, `/events/${topic}`, { shared: together }, { place, types: ['message', 'price', 'siar.live'] });
        await source.until('event');
        const ids = [await shared.hub.publish(topic, 'žluťoučký\nκύων'), await shared.hub.publish(topic, '😀', { type: 'price' })];

        const seen = await source.until('event', 3);

        assert.deepEqual(seen.map(({ kind, type, data }) => data === undefined ? kind : `${type} ${data}`), ['open', 'siar.live {}', 'message žluťoučký\nκύων', 'price 😀']);
        assert.deepEqual(seen.slice(2).map(({ id }) => id), ids);
      });
    }
  });
}

for (const together of [false, true]) {
  test(`begins with the newest that the hub has, ${together ? 'over a shared connection' : 'over its own'}`, async (t) => {
    const topic = freshTopic();
    for (const [key, data] of [['a', 'a 1'], ['b', 'b 1'], ['a', 'a 2']]) await shared.hub.publish(topic, data, { key });
    const page = await open(t);
    for (const [options, wanted] of [[{ last: 1 }, ['a 2']], [{ last: 2 }, ['b 1', 'a 2']], [{ snapshot: true }, ['b 1', 'a 2']]]) {
      const source = await Source.start(page, `/events/${topic}`, { shared: together, ...options }, { types: ['message', 'siar.live'] });
      await source.untilData('{}');
      const after = await Source.start(page, `/events/${topic}`, { shared: together, ...options }, { types: ['message', 'siar.live'] });
      await after.untilData('{}');
      for (const one of [source, after]) assert.deepEqual((await one.data()).filter((data) => data !== '{}').slice(0, wanted.length), wanted);
    }
  });
}

for (const options of [{}, { shared: true }, { polling: 'always' }]) {
  test(`ends with its topics, read with ${JSON.stringify(options)}`, async (t) => {
    const [one, other] = [freshTopic(), freshTopic()];
    const page = await open(t);
    const source = await Source.start(page, `/events?topic=${one}&topic=${other}`, options, { types: ['message', 'siar.closed', 'siar.live'] });
    await source.untilData('{}');
    await shared.hub.publish(one, 'last', { close: '' });
    await source.untilData(JSON.stringify({ topic: one }));
    await shared.hub.publish(other, 'the very last', { close: '' });
    const seen = await source.until('error');
    assert.deepEqual(seen.filter(({ kind, data }) => kind === 'error' || data !== '{}').slice(1).map(({ kind, data, closed }) => data ?? `${kind} ${closed}`),
      ['last', JSON.stringify({ topic: one }), 'the very last', JSON.stringify({ topic: other }), 'error true']);
  });
}

test('reads, resumes and publishes in Node.js', async (t) => {
  const topic = freshTopic();
  const { SiarEventSource } = await import('../../clients/js/dist/index.js');
  const read = async (options, count) => {
    const source = new SiarEventSource(`${shared.hub.url}/events/${topic}`, options);
    t.after(() => source.close());
    const seen = [];
    for await (const { type, data } of source) {
      if (type === 'siar.live' && !options.lastEventId) void source.publish([{ topics: topic, data: '1' }, { topics: topic, data: '2' }]);
      if (type === 'message') seen.push(data);
      if (seen.length === count) break;
    }
    assert.equal(source.readyState, 2);
    return { seen, id: source.lastEventId };
  };
  // Without Web Locks it does not share, whatever it is told.
  const first = await read({ shared: true }, 1);
  assert.deepEqual(first.seen, ['1']);
  await shared.hub.publish(topic, '3');
  assert.deepEqual((await read({ lastEventId: 'earliest' }, 3)).seen, ['1', '2', '3']);
});

test('the code that tabs need to share is loaded as a file of its own', async (t) => {
  const topic = freshTopic();
  const page = await shared.page(t);
  const loaded = [];
  await page.route('**/chunks/*', (route) => {
    const file = new URL(route.request().url()).pathname;
    loaded.push(file);
    return route.fulfill({ contentType: 'text/javascript', body: readFileSync(`${root}clients/js/build${file}`) });
  });
  await page.evaluate(async () => (globalThis.siar = await import('/chunks/siar.js')));
  assert.deepEqual(loaded.filter((file) => file.includes('member')), []);
  const source = await Source.start(page, `/events/${topic}`, { shared: true });
  await source.until('open');
  assert.equal(loaded.filter((file) => file.includes('member')).length, 1);
});

test('where tabs cannot find each other, each has a connection of its own', async (t) => {
  const topic = freshTopic();
  const page = await shared.page(t);
  await page.evaluate(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  await installClient(page);
  const source = await Source.start(page, `/events/${topic}`, { shared: true });
  await source.until('open');
  await shared.hub.publish(topic, 'alone');
  await source.untilData('alone');
});

test('a page publishes beside its stream', async (t) => {
  const topic = freshTopic();
  const page = await open(t);
  const source = await Source.start(page, `/events/${topic}`);
  await source.until('open');
  const ids = await page.evaluate((topic) => globalThis.sources[0].source.publish([{ topics: topic, data: '1' }, { topics: topic, data: '2' }]), topic);
  await source.untilData('2');
  assert.deepEqual((await source.seen()).filter(({ kind }) => kind === 'event').map(({ data, id }) => [data, id]), [['1', ids[0]], ['2', ids[1]]]);
});

for (const together of [false, true]) {
  test(`behind a proxy that holds streams back it polls by itself, ${together ? 'for all tabs' : 'alone'}`, async (t) => {
    const topic = freshTopic();
    const proxy = await bufferingProxy(t, shared.hub);
    const page = await shared.browser.newPage();
    t.after(() => page.close());
    await page.goto(`${proxy.url}/health/live`);
    await installClient(page);
    const source = await Source.start(page, `/events/${topic}`, { shared: together, pollAfter: 500 }, { types: ['message', 'siar.live'] });
    await source.untilData('{}');
    const flow = new Flow((data) => shared.hub.publish(topic, data));
    await source.untilData('50');
    const last = await flow.stop();
    await source.untilData(last);
    assert.equal(faultOf((await source.data()).filter((data) => data !== '{}'), last, 1), undefined);
    assert.ok(proxy.asked.includes('application/json'));
    assert.deepEqual((await source.seen()).filter(({ kind }) => kind === 'error'), []);
  });

  test(`a page that is reloaded under a steady flow goes on where it was, ${together ? 'among others' : 'alone'}`, async (t) => {
    const topic = freshTopic();
    const context = await shared.browser.newContext();
    t.after(() => context.close());
    const begin = async (page) => {
      await installClient(page);
      const source = await Source.start(page, `/events/${topic}`, { remember: 'place', shared: together }, { journal: 'seen' });
      await source.until('open');
      return source;
    };
    const pages = [];
    for (let count = 0; count < (together ? 2 : 1); count++) {
      const page = await context.newPage();
      await page.goto(`${shared.hub.url}/health/live`);
      pages.push({ page, source: await begin(page) });
    }

    const flow = new Flow((data) => shared.hub.publish(topic, data));
    for (let turn = 0; turn < 10; turn++) {
      for (const tab of pages) {
        await tab.source.untilData(String(flow.last + 1));
        await tab.page.reload();
        tab.source = await begin(tab.page);
      }
    }

    const last = await flow.stop();
    for (const { page, source } of pages) {
      await source.untilData(last);
      const numbers = await page.evaluate(() => sessionStorage.getItem('seen').trim().split(' '));
      assert.equal(faultOf(numbers, last, 1), undefined);
    }
  });

  test(`a hub that is killed and started again loses it nothing, ${together ? 'over a shared connection' : 'over its own'}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'siar-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const start = (port) => Hub.start({ port, args: ['--dev', '--store', `sqlite:${join(folder, 'events.db')}`] });
    let hub = await start();
    t.after(() => hub.kill());
    const { port } = hub;
    const page = await shared.browser.newPage();
    t.after(() => page.close());
    await page.goto(`${hub.url}/health/live`);
    await installClient(page);
    const source = await Source.start(page, '/events/prices', { shared: together, retry: 100, maxDelay: 500 });
    await source.until('open');
    // What was not acknowledged may be in the log or not: it is sent again, under its key.
    const flow = new Flow(async (data) => {
      for (;;) {
        try {
          return await hub.publish('prices', data, {}, { 'idempotency-key': data });
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    });
    for (let turn = 1; turn <= 3; turn++) {
      await source.untilData(String(flow.last + 1));
      await hub.kill();
      hub = await start(port);
      await source.until('open', turn + 1);
    }
    const last = await flow.stop();
    await source.untilData(last);
    const seen = (await source.seen()).filter(({ kind }) => kind === 'event');
    assert.deepEqual(seen.filter(({ type }) => type === 'siar.gap'), []);
    assert.equal(faultOf(seen.map(({ data }) => data), last, 1), undefined);
  });
}
