import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { Cable } from './support/cable.mjs';
import { root } from './support/hub.mjs';
import { Sample, openSample } from './support/sample.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const messages = async (page) => (await page.locator('ul > li > p').allTextContents());
const until = (page, count) => page.waitForFunction((count) => document.querySelectorAll('ul > li > p').length >= count, count, { polling: 50 });

test('a fragment that is published is put into the page, also after a reload and after a cut', async (t) => {
  const sample = await Sample.start('Htmx');
  t.after(() => sample.stop());
  const cable = await Cable.to(sample);
  t.after(() => cable.cut());
  const { page, errors } = await openSample(t, browser, cable);

  await page.fill('input', 'one <b>and</b> & only');
  await page.click('button');
  await until(page, 1);
  await page.reload();
  await until(page, 1);
  await cable.cut();
  const posted = await fetch(`${sample.url}/messages`, { method: 'POST', body: new URLSearchParams({ text: 'two' }) });
  assert.equal(posted.status, 204);
  await cable.mend();
  await until(page, 2);
  await page.fill('input', 'three');
  await page.click('button');
  await until(page, 3);

  assert.deepEqual(await messages(page), ['one <b>and</b> & only', 'two', 'three']);
  assert.deepEqual(errors, []);
});

for (const [file, packaged] of Object.entries({ 'htmx.min.js': 'htmx.org/dist/htmx.min.js', 'sse.min.js': 'htmx-ext-sse/dist/sse.min.js' })) {
  test(`${file} is the npm package’s`, () => {
    assert.ok(readFileSync(`${root}samples/Htmx/wwwroot/${file}`).equals(readFileSync(`${root}tests/browser/node_modules/${packaged}`)));
  });
}
