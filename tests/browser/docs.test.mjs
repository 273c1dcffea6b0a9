import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { installClient } from './support/client.mjs';
import { root } from './support/hub.mjs';
import { suite } from './support/suite.mjs';

const shared = suite();

/** The blocks of JavaScript on the pages that people read. */
const blocks = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean)
  .flatMap((page) => [...readFileSync(root + page, 'utf8').matchAll(/^```js\n(.*?)^```$/gms)].map((match, index) => ({ page, index, code: match[1] })));

/** Runs a block as a page's own script; gives what it says on the console while events come. */
async function run(t, code) {
  const page = await shared.page(t);
  const said = [];
  const errors = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  const topics = [...code.matchAll(/"\/events\/([\w/-]+)(?:\?[^"]*)?"/g)].map((match) => match[1]);
  assert.notEqual(topics.length, 0, 'The block reads no topic.');
  await installClient(page);
  const address = await page.evaluate(() => globalThis.siarAddress);
  await page.addScriptTag({ type: code.includes('import ') ? 'module' : 'text/javascript', content: code.replace('from "siar"', `from "${address}"`) });
  for (let turn = 0; errors.length === 0 && turn < 100 && !said.some((text) => text.includes('an event of the test')); turn++) {
    for (const topic of topics) await shared.hub.publish(topic, 'an event of the test');
    await page.waitForTimeout(50);
  }
  return { said, errors };
}

describe('JavaScript in the documentation', () => {
  test('is there', () => assert.ok(blocks.length >= 3));

  for (const { page, index, code } of blocks) {
    test(`says what comes: ${page}, block ${index + 1}`, async (t) => {
      const { said, errors } = await run(t, code);
      assert.deepEqual(errors, []);
      assert.ok(said.some((text) => text.includes('an event of the test')), `It said: ${said.join('; ')}`);
    });
  }

  test('is found when it is wrong', async (t) => {
    assert.notDeepEqual((await run(t, 'const s = new EventSourse("/events/x");')).errors, []);
  });
});
