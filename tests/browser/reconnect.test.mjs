import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cable } from './support/cable.mjs';
import { Hub } from './support/hub.mjs';
import { launch, openPage } from './support/browser.mjs';
import { Listener, places } from './support/listener.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const place of places) {
  describe(`an EventSource in a ${place}`, () => {
    test('comes back after the server was killed and started again, and is told what is gone', async (t) => {
      let hub = await Hub.start();
      t.after(() => hub.stop());
      const page = await openPage(browser, hub);
      t.after(() => page.close());
      const listener = await Listener.start(page, hub, '/events/prices', { place, types: ['message', 'siar.gap'] });
      await listener.until('open');
      const id = await hub.publish('prices', 'before');
      await listener.until('event');

      await hub.kill();
      await listener.until('error');
      hub = await Hub.start({ port: hub.port });
      await listener.until('open', 2);
      await hub.publish('prices', 'after');
      const seen = await listener.until('event', 3);

      assert.deepEqual(seen.filter((report) => report.kind === 'error' && report.closed), []);
      const events = seen.filter((report) => report.kind === 'event');
      assert.deepEqual(events.map((event) => event.type), ['message', 'siar.gap', 'message']);
      assert.deepEqual([events[0].data, events[2].data], ['before', 'after']);
      assert.equal(JSON.parse(events[1].data).requested, id);
      assert.notEqual(events[1].lastEventId, id);
    });
  });
}

test('what was published while a page was cut off arrives when it is back, once and in order', async (t) => {
  const hub = await Hub.start();
  t.after(() => hub.stop());
  const cable = await Cable.to(hub);
  t.after(() => cable.cut());
  const page = await openPage(browser, cable);
  t.after(() => page.close());
  const listener = await Listener.start(page, cable, '/events/prices', { types: ['message', 'siar.gap'] });
  await listener.until('open');
  await hub.publish('prices', '1');
  await listener.until('event');

  await cable.cut();
  await listener.until('error');
  await hub.publish('prices', '2');
  await hub.publish('prices', '3');
  await cable.mend();
  await listener.until('event', 3);
  await hub.publish('prices', '4');
  await listener.until('event', 4);

  assert.deepEqual((await listener.events()).map(({ type, data }) => [type, data]), ['1', '2', '3', '4'].map((data) => ['message', data]));
});
