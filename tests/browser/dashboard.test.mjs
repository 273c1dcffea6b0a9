import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { artifacts, Hub } from './support/hub.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let hub;
let browser;
const reading = new AbortController();

before(async () => {
  hub = await Hub.start({ args: ['--demo'] });
  browser = await launch();
  await mkdir(artifacts, { recursive: true });
  for (const path of ['prices', 'prices', 'feeds/orders', '?topic=*'].map((p) => (p.startsWith('?') ? p : `/${p}`))) {
    const response = await fetch(`${hub.url}/events${path}`, { signal: reading.signal });
    response.text().catch(() => {});
  }
  for (let i = 0; i < 20; i++) await hub.publish('prices', JSON.stringify({ pair: 'EUR/USD', bid: 1.07 + i / 1000 }));
  await hub.publish('feeds/orders', '<order id="7"><item sku="A-1">Lamp</item></order>', { type: 'order' });
});

after(async () => {
  reading.abort();
  await browser?.close();
  await hub?.stop();
});

/** Opens a view; the test fails with whatever the page has complained of. */
async function open(t, hash, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  t.after(() => context.close());
  await page.goto(`${options.url ?? hub.url}/${hash}`);
  return page;
}

/** What axe finds that keeps people out: its serious and critical findings, as sentences. */
async function barriers(page) {
  await page.evaluate(await (await import('node:fs/promises')).readFile(axe, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`);
}

test('now shows figures that move, and the history when the page opens', async (t) => {
  const page = await open(t, '#now');
  const figure = (title) => page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) }).locator('.figure');
  await page.waitForFunction(() => document.querySelector('#state').dataset.state === 'live');
  await page.waitForFunction(() => [...document.querySelectorAll('.figure')].every((f) => f.textContent !== '–' || f.previousElementSibling.textContent.includes('Publish to write')));
  assert.equal(await figure('Connections').textContent(), '4');
  const seen = new Set();
  while (seen.size < 3) seen.add(await figure('Memory').textContent() + await figure('Processors').textContent() + await figure('Sent').textContent());
  assert.ok(await page.locator('.uplot canvas').count() >= 8);
  await page.screenshot({ path: `${artifacts}dashboard.png` });
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(page.errors, []);
});

test('topics are listed, sorted and found', async (t) => {
  const page = await open(t, '#topics', { colorScheme: 'dark' });
  const topics = () => page.locator('tbody th').allTextContents();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length >= 5);
  await page.getByRole('button', { name: 'Events seen' }).click();
  assert.equal((await topics())[0], 'prices');
  assert.equal(await page.locator('th[aria-sort=descending]').textContent(), 'Events seen');
  const subscribers = page.locator('tbody tr', { hasText: 'prices' }).locator('td').nth(1);
  assert.equal(await subscribers.textContent(), '3');
  await page.getByLabel('Show topics with').fill('ORDERS');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  assert.deepEqual(await topics(), ['feeds/orders']);
  await page.getByLabel('Show topics with').fill('nowhere');
  await page.getByText('No topic has “nowhere” in it.').waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(page.errors, []);
});

test('a topic shows its events as they come, can be searched and paused', async (t) => {
  const page = await open(t, '#topics/watched');
  await page.getByText('Listening.').waitFor();
  await hub.publish('watched', '{"first":[1,true,null]}');
  await hub.publish('watched', '<order><item>Lamp</item></order>', { type: 'order' });
  await page.locator('article', { hasText: 'XML' }).waitFor();
  assert.equal(await page.locator('article pre').last().textContent(), JSON.stringify({ first: [1, true, null] }, null, 2));
  assert.equal(await page.locator('article pre').first().textContent(), '<order>\n  <item>Lamp</item>\n</order>');

  await page.getByRole('button', { name: 'Pause' }).click();
  await hub.publish('watched', '<script>alert(1)</script>');
  await page.getByText('1 more since the pause').waitFor();
  assert.equal(await page.locator('article').count(), 2);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.locator('article').nth(2).waitFor();

  await page.getByLabel('Show events with').fill('lamp');
  await page.getByText('1 of 3 events').waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(page.errors, []);
});

test('a connection is listed, and ended after a question', async (t) => {
  const page = await open(t, '#connections');
  const mine = await fetch(`${hub.url}/events/to-be-ended`);
  const ended = mine.text();
  const row = page.locator('tbody tr', { hasText: 'to-be-ended' });
  await row.waitFor();
  assert.match(await row.textContent(), /127\.0\.0\.1.*to-be-ended.*live.*level/);
  assert.deepEqual(await barriers(page), []);
  await row.getByRole('button', { name: /^Disconnect/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await ended;
  await row.waitFor({ state: 'detached' });
  assert.deepEqual(page.errors, []);
});

test('what is published on the page comes to who subscribes on it, and is shown as code', async (t) => {
  const page = await open(t, '#try/from-the-page');
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await page.getByText('Listening to from-the-page.').waitFor();
  await page.getByLabel('Data').fill("it's here");
  await page.getByLabel('Type').fill('note');
  const code = page.getByRole('tabpanel').first();
  assert.equal(await code.textContent(), `curl -H 'Content-Type: text/plain' --data-binary 'it'\\''s here' '${hub.url}/events/from-the-page?type=note'`);
  await page.getByRole('tab', { name: 'curl' }).first().focus();
  await page.keyboard.press('ArrowRight');
  assert.match(await code.textContent(), /new HttpClient\(\)/);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(/Published as #/).waitFor();
  const event = page.locator('article');
  await event.waitFor();
  assert.match(await event.textContent(), /note.*it's here/);
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(page.errors, []);
});

test('on a phone nothing is wider than the screen', async (t) => {
  for (const hash of ['#now', '#topics', '#connections', '#try']) {
    const page = await open(t, hash, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    await page.waitForFunction(() => document.querySelector('#state').dataset.state === 'live');
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= screen, `${hash} is ${wide} px wide on a screen of ${screen} px`);
  }
});

test('a hub that goes away and comes back is told so, and the figures go on', async (t) => {
  const first = await Hub.start({ args: ['--dev'] });
  t.after(() => first.stop());
  const page = await open(t, '#now', { url: first.url });
  const state = (name) => page.waitForFunction((n) => document.querySelector('#state').dataset.state === n, name);
  await state('live');
  await first.kill();
  await state('waiting');
  await page.getByText('The figures are those of the last contact').waitFor();
  const second = await Hub.start({ args: ['--dev'], port: first.port });
  t.after(() => second.stop());
  await state('live');
  await page.getByText('The figures are those of the last contact').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.querySelector('.figure').textContent === '0');
});
