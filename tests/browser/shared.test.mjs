import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultOf, Flow } from './support/flow.mjs';
import { processOf } from './support/process.mjs';
import { freshTopic, suite } from './support/suite.mjs';
import { subscribers, Tabs, untilSubscribers } from './support/tabs.mjs';

const shared = suite();

const gather = (t, path, options) => {
  const tabs = new Tabs(shared.browser, shared.hub, path, options);
  t.after(() => tabs.close());
  return tabs;
};

test('thirty tabs read through one connection over HTTP/1.1', async (t) => {
  const topic = freshTopic();
  const tabs = gather(t, `/events/${topic}`);
  for (let count = 0; count < 30; count++) await tabs.open();
  for (const { source } of tabs.all) await source.until('open');

  for (let number = 1; number <= 20; number++) await shared.hub.publish(topic, String(number));

  for (const { source } of tabs.all) {
    await source.untilData('20');
    assert.equal(faultOf(await source.data(), 20, 1), undefined);
  }
  assert.equal(await subscribers(shared.hub), 1);
});

test('without that, the seventh tab hangs', async (t) => {
  const topic = freshTopic();
  const tabs = gather(t, `/events/${topic}`, { shared: false });
  for (let count = 0; count < 6; count++) await (await tabs.open()).source.until('open');
  // A page cannot even be loaded any more; so the seventh is there before.
  const seventh = await tabs.context.then((context) => context.newPage());
  const loading = seventh.goto(`${shared.hub.url}/health/live`).then(() => 'loaded', () => 'closed');

  await shared.hub.publish(topic, 'to six');
  for (const { source } of tabs.all) await source.untilData('to six');
  assert.equal(await Promise.race([loading, Promise.resolve('hangs')]), 'hangs');
  await tabs.all[0].source.close();
  assert.equal(await loading, 'loaded');
});

/** How the leading tab can end; each gives what to do when another leads. */
const ends = {
  'is closed': async (tab, tabs) => {
    tabs.drop(tab);
    await tab.page.close();
  },
  'crashes': async (tab, tabs) => {
    tabs.drop(tab);
    const pid = await processOf(tab.page);
    const crash = tab.page.waitForEvent('crash');
    process.kill(pid, 'SIGKILL');
    await crash;
    return () => tab.page.close();
  },
  'is frozen': async (tab) => {
    // By the system, without a word before: nothing of its process runs, and it keeps its locks. Page.setWebLifecycleState stops not even timers in Chromium without a window.
    const pid = await processOf(tab.page);
    process.kill(pid, 'SIGSTOP');
    return () => process.kill(pid, 'SIGCONT');
  },
};

describe('the tab that leads', () => {
  for (const [what, end] of Object.entries(ends)) {
    test(`${what}, twenty times under a steady flow: every tab has every event once, in order`, async (t) => {
      const topic = freshTopic();
      const tabs = gather(t, `/events/${topic}`);
      for (let count = 0; count < 5; count++) await tabs.open();
      for (const { source } of tabs.all) await source.until('open');
      const first = new Set(tabs.all);
      const flow = new Flow((data) => shared.hub.publish(topic, data));

      for (let turn = 0; turn < 20; turn++) {
        const leader = await tabs.leader();
        const undo = await end(leader, tabs);
        await tabs.leader(leader);
        const other = tabs.all.find((tab) => tab !== leader);
        await other.source.untilData(String(flow.last + 1));
        await undo?.();
        if (!tabs.all.includes(leader)) await tabs.open();
      }

      // A tab that joined last begins with what comes after: the flow goes on until each has had something of it.
      for (const { source } of tabs.all) await source.until('event');
      const last = await flow.stop();
      for (const tab of tabs.all) {
        await tab.source.untilData(last);
        assert.equal(faultOf(await tab.source.data(), last, first.has(tab) ? 1 : undefined), undefined, tab.name);
        assert.deepEqual((await tab.source.seen()).filter(({ kind }) => kind === 'error'), []);
      }
      await untilSubscribers(shared.hub, 1);
    });
  }
});
