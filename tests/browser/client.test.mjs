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
