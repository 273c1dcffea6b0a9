import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { artifacts } from './support/hub.mjs';
import { suite } from './support/suite.mjs';

const shared = suite({ args: ['--demo'] });

/** Runs in the browser. The numbers that a person would see on the page, when there are some and they are not the ones before. */
function newNumbers(before) {
  const now = (document.body.innerText.match(/\d+(?:[.,]\d+)*/g) ?? []).join(' ');
  return now.split(' ').length >= 5 && now !== before ? now : null;
}

test('the demo page shows numbers that change', async (t) => {
  const page = await shared.browser.newPage();
  t.after(() => page.close());
  page.setDefaultTimeout(60_000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${shared.hub.url}/demo`);

  let numbers = '';
  for (let change = 0; change < 4; change++) {
    const next = await page.waitForFunction(newNumbers, numbers, { polling: 100 });
    numbers = await next.jsonValue();
  }

  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: `${artifacts}demo.png`, fullPage: true });
  assert.deepEqual(errors, []);
});
