import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { Cable } from './support/cable.mjs';
import { Sample, openSample } from './support/sample.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const ticks = (page) => page.locator('li').allTextContents();
const until = (page, count) => page.waitForFunction((count) => document.querySelectorAll('li').length >= count, count, { polling: 50 });
const state = (page, text) => page.waitForFunction((text) => document.querySelector('[role=status]')?.textContent === text, text, { polling: 20 });

test('a Blazor component shows each event when it comes, and after a cut it misses none', async (t) => {
  const sample = await Sample.start('Blazor', { args: ['--pace', '100'] });
  t.after(() => sample.stop());
  const cable = await Cable.to(sample);
  t.after(() => cable.cut());
  const { page, errors } = await openSample(t, browser, cable);

  // The answer never ends: what was held back until then would never be seen.
  await until(page, 3);
  await cable.cut();
  await state(page, 'reconnecting…');
  await cable.mend();
  await state(page, 'live');
  await until(page, (await ticks(page)).length + 3);

  const seen = (await ticks(page)).map(Number);
  assert.deepEqual(seen, seen.map((_, index) => seen[0] + index));
  assert.deepEqual(errors, []);
});

test('it goes on after the hub was killed and started again, and says that something is gone', async (t) => {
  let sample = await Sample.start('Blazor', { args: ['--pace', '100'] });
  t.after(() => sample.stop());
  const { page, errors } = await openSample(t, browser, sample);
  await until(page, 1);

  await sample.kill();
  await state(page, 'reconnecting…');
  const before = await ticks(page);
  sample = await Sample.start('Blazor', { port: sample.port, args: ['--pace', '100'] });
  await until(page, before.length + 3);

  const [gap, ...rest] = (await ticks(page)).slice(before.length);
  assert.match(gap, /^something is gone: /);
  assert.deepEqual(rest.map(Number), rest.map((_, index) => Number(rest[0]) + index));
  assert.deepEqual(errors, []);
});
