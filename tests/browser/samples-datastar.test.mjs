import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { Cable } from './support/cable.mjs';
import { bundle, place } from './support/datastar.mjs';
import { Sample, openSample } from './support/sample.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Waits until the page shows these numbers of votes, and their sum. */
function shows(page, coffee, tea, total) {
  const is = (wanted) => ['coffee', 'tea'].every((id) => document.getElementById(id).textContent.trim() === wanted[id]) && document.querySelector('b').textContent === wanted.total;
  return page.waitForFunction(is, { coffee: String(coffee), tea: String(tea), total: String(total) }, { polling: 50 });
}

async function vote(sample, drink) {
  const response = await fetch(`${sample.url}/votes/${drink}`, { method: 'POST' });
  assert.equal(response.status, 200);
}

test('a patch of elements and one of signals reach every page, and a page that comes later has the newest of each', async (t) => {
  const sample = await Sample.start('Datastar');
  t.after(() => sample.stop());
  const one = await openSample(t, browser, sample);
  const other = await openSample(t, browser, sample);

  await one.page.click('#vote-tea');
  await shows(other.page, 0, 1, 1);
  await other.page.click('#vote-tea');
  await other.page.click('#vote-coffee');
  for (const { page } of [one, other]) await shows(page, 1, 2, 3);
  await other.page.reload();
  await shows(other.page, 1, 2, 3);

  assert.deepEqual([...one.errors, ...other.errors], []);
});

test('after a cut the page is brought what it missed', async (t) => {
  const sample = await Sample.start('Datastar');
  t.after(() => sample.stop());
  const cable = await Cable.to(sample);
  t.after(() => cable.cut());
  const { page } = await openSample(t, browser, cable);
  await vote(sample, 'coffee');
  await shows(page, 1, 0, 1);

  await cable.cut();
  await vote(sample, 'coffee');
  await vote(sample, 'tea');
  await cable.mend();

  await shows(page, 2, 1, 3);
});

test('after the stream has ended in order, as it does when the program is stopped, the page opens a new one', async (t) => {
  let sample = await Sample.start('Datastar');
  t.after(() => sample.stop());
  const { page } = await openSample(t, browser, sample);
  await vote(sample, 'coffee');
  await vote(sample, 'coffee');
  await shows(page, 2, 0, 2);

  await sample.stop();
  sample = await Sample.start('Datastar', { port: sample.port });
  await vote(sample, 'coffee');

  await shows(page, 1, 0, 1);
});

test('datastar.js is what is made of the npm package', async () => {
  assert.ok(readFileSync(place, 'utf8') === (await bundle()), 'Run node tests/browser/support/datastar.mjs.');
});
