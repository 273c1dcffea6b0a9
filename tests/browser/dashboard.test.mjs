import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { barriers, openView, overhang, phone, state } from './support/dashboard.mjs';
import { artifacts, Hub, root } from './support/hub.mjs';
import { Traffic } from './support/traffic.mjs';

let hub;
let browser;
let traffic;

before(async () => {
  hub = await Hub.start({ args: ['--demo'] });
  browser = await launch();
  await mkdir(artifacts, { recursive: true });
  traffic = await Traffic.start(hub);
});

after(async () => {
  traffic?.stop();
  await browser?.close();
  await hub?.stop();
});

const open = (t, hash, options) => openView(t, browser, options?.url ?? hub.url, hash, options);

test('now shows figures that move, and the history when the page opens', async (t) => {
  const page = await open(t, '#now', { viewport: { width: 1280, height: 950 } });
  const figure = (title) => page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) }).locator('.figure');
  await state(page, 'live');
  await page.waitForFunction(() => [...document.querySelectorAll('.figure')].every((f) => f.textContent !== '–' || f.previousElementSibling.textContent.includes('Publish to write')));
  assert.equal(await figure('Connections').textContent(), String(Traffic.readers));
  const seen = new Set();
  while (seen.size < 3) seen.add(await figure('Memory').textContent() + await figure('Processors').textContent() + await figure('Sent').textContent());
  assert.ok(await page.locator('.uplot canvas').count() >= 8);
  const minutes = Number(process.env.SIAR_PICTURES ?? 0);
  if (minutes > 0) await page.waitForTimeout(minutes * 60_000);
  await page.screenshot({ path: `${artifacts}dashboard.png` });
  if (minutes > 0) await copyFile(`${artifacts}dashboard.png`, `${root}docs/dashboard.png`);
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(page.errors, []);
});

test('topics are listed, sorted and found', async (t) => {
  const page = await open(t, '#topics', { colorScheme: 'dark' });
  const topics = () => page.locator('tbody th').allTextContents();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length >= 7);
  await page.getByRole('button', { name: 'Events seen' }).click();
  assert.equal((await topics())[0], 'prices/eur-usd');
  assert.equal(await page.locator('th[aria-sort=descending]').textContent(), 'Events seen');
  const subscribers = page.locator('tbody tr', { hasText: 'prices/eur-usd' }).locator('td').nth(1);
  assert.equal(await subscribers.textContent(), '15');
  await page.screenshot({ path: `${artifacts}dashboard-topics.png` });
  await page.getByLabel('Show topics with').fill('PORTO');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  assert.deepEqual(await topics(), ['orders/porto']);
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
  assert.equal(await code.textContent(), `curl -H 'Content-Type: text/plain' \\\n  --data-raw 'it'\\''s here' \\\n  '${hub.url}/events/from-the-page?type=note'`);
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

test('nothing can be tried before the hub has said where, and no click is lost', async (t) => {
  const page = await open(t, '#try/too-early', { url: 'about:blank' });
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(/\/live\//, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${hub.url}/#try/too-early`);
  assert.equal(await page.locator('.try').evaluate((element) => element.inert), true);
  const clicked = page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  release();
  await clicked;
  await page.getByText('Listening to too-early.').waitFor();
  assert.deepEqual(page.errors, []);
});

test('each view has no barrier in light, in dark and on a phone, and nothing there is wider than the screen', async (t) => {
  for (const hash of ['#now', '#topics', '#topics/orders%2Fporto', '#connections', '#try']) {
    for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { ...phone, colorScheme: 'dark' }]) {
      const page = await open(t, hash, options);
      await state(page, 'live');
      await page.locator('.figure, tbody tr, article, form').first().waitFor();
      const where = `${hash} ${JSON.stringify(options)}`;
      assert.deepEqual(await barriers(page), [], where);
      assert.ok(await overhang(page) <= 0, `${where} is wider than the screen`);
      assert.deepEqual(page.errors, [], where);
      await page.context().close();
    }
  }
});

test('a view is reached, sorted and left by the keyboard alone', async (t) => {
  const page = await open(t, '#now');
  await state(page, 'live');
  const press = async (key, until) => {
    for (let i = 0; i < 40 && !(await page.evaluate(until)); i++) await page.keyboard.press(key);
    assert.ok(await page.evaluate(until), `${key} never led to ${until}`);
  };
  await press('Tab', () => document.activeElement.textContent === 'Topics');
  await page.keyboard.press('Enter');
  await page.locator('tbody tr').nth(6).waitFor();
  await press('Tab', () => document.activeElement.textContent === 'Topic');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('th[aria-sort=ascending]').textContent(), 'Topic');
  await press('Tab', () => document.activeElement.textContent === 'chat/lobby');
  await page.keyboard.press('Enter');
  await page.locator('article').first().waitFor();
  assert.equal(await page.title(), 'chat/lobby · Siar');
  await press('Tab', () => document.activeElement.textContent === 'Pause');
  await page.keyboard.press('Space');
  await page.getByText('since the pause').waitFor();
});

