import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { artifacts } from './support/hub.mjs';
import { suite } from './support/suite.mjs';

const shared = suite({ args: ['--demo'] });

/** The numbers that a person would see on the page, in reading order. */
const numbers = () => document.body.innerText.match(/\d+(?:[.,]\d+)*/g) ?? [];

test('the demo page shows numbers that change', async (t) => {
  const page = await shared.browser.newPage();
  t.after(() => page.close());
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(shared.hub.url);

  const changed = async () => {
    const before = await page.evaluate(numbers);
    await page.waitForFunction(
      ({ source, before }) => {
        const now = new Function(`return (${source})()`)();
        return now.length >= 5 && now.join() !== before.join();
      },
      { source: numbers.toString(), before },
      { polling: 100 },
    );
  };
  await changed();
  await changed();
  await changed();

  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: `${artifacts}demo.png`, fullPage: true });
  assert.deepEqual(errors, []);
});
