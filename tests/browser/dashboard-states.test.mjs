import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { barriers, openView, overhang, phone, state } from './support/dashboard.mjs';
import { artifacts, Hub, root } from './support/hub.mjs';

const secret = 'a-secret-of-both-sides-that-is-long-enough';
const keys = { SIAR_KEYS_PUBLISHER: secret, SIAR_KEYS_SUBSCRIBER: secret };

let browser;
before(async () => {
  browser = await launch();
  await mkdir(artifacts, { recursive: true });
});
after(() => browser?.close());

async function start(t, options) {
  const hub = await Hub.start(options);
  t.after(() => hub.stop());
  return hub;
}

/** Makes a token as its hub's owner would. */
const token = (hub, ...args) => execFileSync(
  'dotnet', [`${root}artifacts/bin/Siar.Tool/release/siar.dll`, 'token', '--quiet', '--resource', `${hub.url}/.well-known/mercure`, ...args],
  { env: { ...process.env, ...keys }, encoding: 'utf8' }).trim();

/** What a hub that refuses makes the browser log is no complaint of the page's. */
const complaints = (page) => page.errors.filter((e) => !e.includes('Failed to load resource'));

test('a hub with keys shows its page to everybody and its figures to whoever has a token', async (t) => {
  const hub = await start(t, { args: [], env: keys });
  assert.equal((await fetch(hub.url)).status, 200);
  for (const path of ['statistics', 'topics', 'connections', 'events?topic=a', 'about']) assert.equal((await fetch(`${hub.url}/live/${path}`)).status, 401, path);

  const page = await openView(t, browser, hub.url, '#topics');
  await page.getByRole('heading', { name: 'This hub asks for a token' }).waitFor();
  assert.equal(await page.locator('main').isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'token');
  assert.deepEqual(await barriers(page), []);
  await page.screenshot({ path: `${artifacts}dashboard-token.png` });

  const use = async (value) => {
    await page.getByRole('textbox', { name: 'Token' }).fill(value);
    await page.keyboard.press('Enter');
  };
  await use('not a token');
  await page.getByRole('heading', { name: 'The hub does not take this token' }).waitFor();
  await page.getByText('What was given is no token').waitFor();
  await use(token(hub, '--subscribe', 'prices'));
  await page.getByRole('heading', { name: 'This token may not watch the hub' }).waitFor();
  assert.match(await page.getByRole('alert').textContent(), /grant to subscribe/);

  await use(token(hub, '--subscribe', '*'));
  await state(page, 'live');
  await page.getByText('Nothing was published yet.').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.reload();
  await page.getByText('Nothing was published yet.').waitFor();

  await page.getByRole('link', { name: 'Try it' }).click();
  const code = page.getByRole('tabpanel').first();
  assert.match(await code.textContent(), /Authorization: Bearer eyJ/);
  assert.equal(await page.getByRole('button', { name: 'Make a token' }).isVisible(), false);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.locator('.result.bad').first().waitFor();

  await page.getByRole('button', { name: 'Forget it' }).click();
  await page.getByRole('heading', { name: 'This hub asks for a token' }).waitFor();
  assert.deepEqual(complaints(page), []);
});

test('a token that ends while it is in use leads back to the question, with the reason', async (t) => {
  const hub = await start(t, { args: [], env: keys });
  const page = await openView(t, browser, hub.url, '#now', { ...phone, colorScheme: 'dark' });
  await page.getByRole('textbox', { name: 'Token' }).fill(token(hub, '--subscribe', '*', '--expires', '6s'));
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('heading', { name: 'The token has ended' }).waitFor();
  await page.getByText('It was good until').waitFor();
  assert.equal(await page.locator('main').isVisible(), false);
  assert.ok(await overhang(page) <= 0);
  assert.deepEqual(await barriers(page), []);
  await page.screenshot({ path: `${artifacts}dashboard-token-ended.png` });
  await page.getByRole('textbox', { name: 'Token' }).fill(token(hub, '--subscribe', '*'));
  await page.keyboard.press('Enter');
  await state(page, 'live');
  assert.ok(await page.locator('main').isVisible());
});

test('an idle hub says in each view what will be there', async (t) => {
  const hub = await start(t, { args: ['--dev'] });
  for (const [hash, text] of [['#now', 'since the hub’s start'], ['#topics', 'Nothing was published yet.'], ['#connections', 'Nobody is connected.'], ['#topics/quiet', 'Listening. Events on this topic']]) {
    const page = await openView(t, browser, hub.url, hash);
    await page.getByText(text).first().waitFor();
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  }
});

test('a hub that serves no more readers says so, and is asked again', async (t) => {
  const hub = await start(t, { args: ['--dev'], env: { SIAR_LIMITS_CONNECTIONS: '1' } });
  const taken = new AbortController();
  t.after(() => taken.abort());
  (await fetch(`${hub.url}/events/a`, { signal: taken.signal })).text().catch(() => {});
  const page = await openView(t, browser, hub.url, '#now');
  await state(page, 'waiting');
  await page.getByRole('button', { name: 'Try now' }).waitFor();
  assert.match(await page.locator('.notice').textContent(), /Trying again/);
  assert.doesNotMatch(await page.locator('.notice').textContent(), /last contact/);
  assert.deepEqual(await barriers(page), []);
  taken.abort();
  await state(page, 'live');
  await page.locator('.notice').waitFor({ state: 'detached' });
});

test('a hub that goes away and comes back is told so, and the figures go on', async (t) => {
  const first = await start(t, { args: ['--dev'] });
  const page = await openView(t, browser, first.url, '#now');
  await state(page, 'live');
  await page.waitForFunction(() => document.querySelector('.figure').textContent === '0');
  await first.kill();
  await state(page, 'waiting');
  await page.getByText('The figures are those of the last contact').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.screenshot({ path: `${artifacts}dashboard-waiting.png` });
  await start(t, { args: ['--dev'], port: first.port });
  await page.getByRole('button', { name: 'Try now' }).click();
  await state(page, 'live');
  await page.getByText('The figures are those of the last contact').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.querySelector('.figure').textContent === '0');
});
