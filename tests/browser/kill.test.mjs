import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { Hub } from './support/hub.mjs';
import { launch, openPage } from './support/browser.mjs';
import { Listener } from './support/listener.mjs';

/** Publishes 1, 2, 3… until told to stop. What is not acknowledged goes again under its own key, so that the hub keeps it once. */
async function publishOn(url, flow) {
  while (!flow.isOver) {
    const number = String(flow.published + 1);
    const sent = fetch(url, { method: 'POST', body: number, headers: { 'idempotency-key': number } });
    const isDone = await sent.then(async (response) => response.ok && (await response.text()) !== '', () => false);
    if (isDone) flow.published++;
    else await pause(20);
  }
}

test('a page sees an unbroken sequence under a steady flow, however often a hub with a log in a file is killed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'siar-kill-'));
  const args = ['--dev', '--store', `sqlite:${join(folder, 'siar.db')}`];
  let hub = await Hub.start({ args });
  const browser = await launch();
  const flow = { published: 0, isOver: false };
  t.after(async () => {
    flow.isOver = true;
    await browser.close();
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const page = await openPage(browser, hub);
  const listener = await Listener.start(page, hub, '/events/numbers', { types: ['message', 'siar.gap'] });
  await listener.until('open');
  const flowing = publishOn(`${hub.url}/events/numbers`, flow);

  for (let round = 1; round <= 4; round++) {
    await listener.until('event', flow.published + 50);
    await hub.kill();
    hub = await Hub.start({ port: hub.port, args });
  }

  await listener.until('event', flow.published + 50);
  flow.isOver = true;
  await flowing;
  const seen = await listener.until('event', flow.published);

  assert.deepEqual(seen.filter((report) => report.closed), []);
  assert.ok(seen.filter((report) => report.kind === 'error').length >= 4);
  const received = seen.filter((report) => report.kind === 'event').map(({ type, data }) => `${type} ${data}`);
  assert.deepEqual(received, Array.from({ length: flow.published }, (_, index) => `message ${index + 1}`));
});
