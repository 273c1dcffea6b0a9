import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { launch } from './support/browser.mjs';
import { barriers, openView } from './support/dashboard.mjs';
import { artifacts, Hub } from './support/hub.mjs';

const run = promisify(execFile);

let hub;
let browser;
let folder;
before(async () => {
  // Keys do not count in development mode; the tokens that the page makes there do, with and without keys.
  hub = await Hub.start({ args: ['--dev'], env: { SIAR_KEYS_PUBLISHER: 'a-secret-of-both-sides-that-is-long-enough' } });
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'siar-try-'));
  await mkdir(artifacts, { recursive: true });
});
after(async () => {
  await browser?.close();
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

const card = (page, title) => page.locator('section', { has: page.getByRole('heading', { name: title }) });

async function openWithToken(t, publish, subscribe) {
  const page = await openView(t, browser, hub.url, '#try/orders');
  await page.getByLabel('May publish to').fill(publish);
  await page.getByLabel('May read private events of').fill(subscribe);
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByText('In use until').waitFor();
  return page;
}

test('with a token made on the page the hub treats its forms as a caller with these rights', async (t) => {
  const page = await openWithToken(t, 'orders invoices', 'elsewhere');
  const publish = async (topic, said) => {
    await page.getByLabel('Topic', { exact: true }).fill(topic);
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await card(page, 'Publish').getByText(said).waitFor();
  };
  await card(page, 'Subscribe').getByRole('button', { name: 'Subscribe' }).click();
  await page.getByText('Listening to orders.').waitFor();
  await page.getByRole('checkbox').check();
  await publish('orders', 'Published as');
  await publish('prices', 'You may not publish');
  await publish('invoices', 'Published as');
  await page.getByRole('checkbox').uncheck();
  await publish('orders', 'Published as');
  // The private one was not for this token, the one after it is for everybody.
  await page.locator('article').waitFor();
  assert.equal(await page.locator('article').count(), 1);

  await page.getByText('What it says').click();
  assert.match(await page.getByLabel('The token’s claims').textContent(), /"match": "invoices"/);
  assert.deepEqual(await barriers(page), []);
  await page.screenshot({ path: `${artifacts}dashboard-try.png`, fullPage: true });

  await page.getByRole('button', { name: 'Forget it' }).click();
  await publish('prices', 'Published as');
  assert.deepEqual(page.errors.filter((e) => !e.includes('Failed to load resource')), []);
});

test('a grant of nothing is refused in a sentence', async (t) => {
  const page = await openView(t, browser, hub.url, '#try');
  await page.getByLabel('May publish to').fill('');
  await page.getByLabel('May read private events of').fill(' ');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByText('names nothing that the token shall grant').waitFor();
});

const go = (code) => `package main

import (
	"log"
	"net/http"
	"strings"
)

func main() {
	${code.replaceAll('\n', '\n\t')}
	if err != nil || response.StatusCode != 200 {
		log.Fatal(err, response)
	}
}
`;

const languages = {
  curl: ['bash', 'publish.sh', (code) => `${code} --fail --no-progress-meter`],
  JavaScript: ['node', 'publish.mjs', (code) => `${code}\nif (!id) throw new Error('It was not published.');`],
  PHP: ['php', 'publish.php', (code) => `<?php\n${code}`],
  Go: ['go', 'publish.go', go],
};

test('the code that is shown publishes what the form would, with the token', async (t) => {
  const page = await openWithToken(t, 'orders', 'orders');
  const reader = new AbortController();
  t.after(() => reader.abort());
  const response = await fetch(`${hub.url}/events/orders`, { signal: reader.signal, headers: { accept: 'application/x-ndjson' } });
  const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (const [language, [program, file, whole]] of Object.entries(languages)) {
    await t.test(language, { skip: spawnSync(program, [program === 'go' ? 'version' : '--version']).error ? `there is no ${program}` : false }, async () => {
      const data = `${language}: it's "quoted" \\ $HOME \`x\` @\nüñ`;
      await page.getByLabel('Data').fill(data);
      await card(page, 'Publish').getByRole('tab', { name: language }).click();
      const code = await card(page, 'Publish').getByRole('tabpanel').textContent();
      assert.match(code, /Bearer eyJ/);
      await writeFile(join(folder, file), whole(code));
      await run(program, program === 'go' ? ['run', join(folder, file)] : [join(folder, file)], { env: { ...process.env, GOTOOLCHAIN: 'local', GOCACHE: join(folder, 'go') } });
      while (!text.includes(JSON.stringify(data))) {
        const { done, value } = await lines.read();
        assert.ok(!done, 'the stream ended');
        text += value;
      }
    });
  }
});
