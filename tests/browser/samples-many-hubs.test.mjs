import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { launch } from './support/browser.mjs';
import { Sample, openSample } from './support/sample.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Places an order after the other until told to stop, each under an id of its own until it is answered. */
async function placeOn(url, flow) {
  while (!flow.isOver) {
    const path = `${url}/orders/${randomUUID()}?what=${flow.placed + 1}`;
    while (!(await fetch(path, { method: 'PUT' }).then(({ ok }) => ok, () => false))) await pause(20);
    flow.placed++;
  }
}

const instances = async (url) => (await fetch(`${url}/instances`)).json();
const changes = async (page) => (await page.locator('#changes > li').allTextContents()).reverse();
const until = (page, count) => page.waitForFunction((count) => document.querySelectorAll('#changes > li').length >= count, count, { polling: 50 });

test('a page sees every order once and in order, while its instances are killed in turn', async (t) => {
  const sample = await Sample.start('ManyHubs');
  const flow = { placed: 0, isOver: false };
  t.after(async () => {
    flow.isOver = true;
    await sample.stop();
  });
  const { page, errors } = await openSample(t, browser, sample);
  await page.waitForFunction(() => document.getElementById('stream').textContent === 'open');
  await page.evaluate(() => {
    globalThis.broken = 0;
    new MutationObserver(() => (globalThis.broken += document.getElementById('stream').textContent === 'closed for good')).observe(document.getElementById('stream'), { childList: true });
  });
  const flowing = placeOn(sample.url, flow);

  for (const name of ['A', 'B', 'A', 'B']) {
    await until(page, flow.placed + 20);
    const { processId } = (await instances(sample.url)).find((instance) => instance.name === name);
    assert.equal((await fetch(`${sample.url}/instances/${name}/kill`, { method: 'POST' })).status, 204);
    // The next one is killed when this one is back, so that it is seen to be another process.
    for (let now = processId; now === null || now === processId;) {
      await pause(50);
      now = (await instances(sample.url)).find((instance) => instance.name === name).processId;
    }
  }

  await until(page, flow.placed + 20);
  flow.isOver = true;
  await flowing;
  await until(page, flow.placed);
  assert.deepEqual(await changes(page), Array.from({ length: flow.placed }, (_, index) => `${index + 1} placed`));
  assert.equal(await page.locator('#orders tr').count(), flow.placed);
  assert.equal(await page.evaluate(() => globalThis.broken), 0);
  assert.deepEqual(errors, []);
});

test('a page that is opened late shows what is, and goes on from there', async (t) => {
  const sample = await Sample.start('ManyHubs');
  t.after(() => sample.stop());
  const id = randomUUID();
  assert.equal((await fetch(`${sample.url}/orders/${id}?what=tea`, { method: 'PUT' })).status, 204);
  const { page, errors } = await openSample(t, browser, sample);
  await page.click('text=is paid');
  await until(page, 1);
  await page.click('text=is sent');
  await until(page, 2);

  assert.deepEqual(await changes(page), ['tea paid', 'tea sent']);
  assert.deepEqual(await page.locator('#orders td').allTextContents(), ['tea', 'sent']);
  assert.deepEqual(errors, []);
});
