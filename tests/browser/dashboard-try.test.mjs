import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { barriers, openView } from './support/dashboard.mjs';
import { artifacts, Hub } from './support/hub.mjs';

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

// As somebody would paste it: what stands around the code that is shown, and nothing in it.
const go = (packages, code, end = '') => `package main

import (
${packages.map((name) => `\t"${name}"\n`).join('')})

func main() {
	${code.replaceAll('\n', '\n\t')}
${end}}
`;

// By itself, without what a build leaves running.
const csharp = (code) => `#:property PublishAot=false\n#:property UseSharedCompilation=false\n${code}`;

const goPublished = '\tif err != nil || response.StatusCode != 200 {\n\t\tlog.Fatal(err, response)\n\t}\n';

const languages = {
  curl: { command: ['bash'], file: 'sh', publish: (code) => `${code} --fail --no-progress-meter`, subscribe: (code) => `exec ${code} --fail --no-progress-meter` },
  'C#': { command: ['dotnet', 'run'], file: 'cs', publish: csharp, subscribe: csharp },
  JavaScript: { command: ['node'], file: 'mjs', publish: (code) => `${code}\nif (!id) throw new Error('It was not published.');`, subscribe: (code) => code },
  PHP: { command: ['php'], file: 'php', publish: (code) => `<?php\n${code}`, subscribe: (code) => `<?php\n${code}` },
  Go: {
    command: ['go', 'run'], file: 'go',
    publish: (code) => go(['log', 'net/http', 'strings'], code, goPublished),
    subscribe: (code) => go(['bufio', 'fmt', 'log', 'net/http'], code),
  },
};

/** Runs what is shown in each language that this machine has. */
async function inEachLanguage(t, page, title, body) {
  for (const [language, { command, file, ...whole }] of Object.entries(languages)) {
    const [program] = command;
    await t.test(language, { skip: spawnSync(program, [program === 'go' ? 'version' : '--version']).error ? `there is no ${program}` : false }, async () => {
      await body(language, async () => {
        await card(page, title).getByRole('tab', { name: language }).click();
        const code = await card(page, title).getByRole('tabpanel').textContent();
        assert.match(code, /Bearer eyJ/);
        const path = join(folder, `${title}.${file}`.toLowerCase());
        await writeFile(path, whole[title.toLowerCase()](code));
        const env = { ...process.env, GOTOOLCHAIN: 'local', GOCACHE: join(folder, 'go'), XDG_DATA_HOME: folder, MSBUILDDISABLENODEREUSE: '1' };
        // A group of its own, which can be ended whole: what runs a file starts another process.
        return spawn(program, [...command.slice(1), path], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      });
    });
  }
}

/** What a process says until it has said something; until it has ended well where nothing is waited for. */
async function said(child, what) {
  let text = '';
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece) => {
        text += piece;
        if (what && text.includes(what)) resolve();
      });
    }

    child.on('error', reject);
    child.on('close', (code) => (!what && code === 0 ? resolve() : reject(new Error(`It ended with ${code}: ${text}`))));
  });
  return text;
}

test('the code that is shown publishes what the form would, with the token', async (t) => {
  const page = await openWithToken(t, 'orders', 'orders');
  const reader = new AbortController();
  t.after(() => reader.abort());
  const response = await fetch(`${hub.url}/events/orders`, { signal: reader.signal, headers: { accept: 'application/x-ndjson' } });
  const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  await inEachLanguage(t, page, 'Publish', async (language, start) => {
    const data = `${language}: it's "quoted" \\ $HOME \`x\` @\nüñ`;
    await page.getByLabel('Data').fill(data);
    await said(await start());
    while (!text.includes(JSON.stringify(data))) {
      const { done, value } = await lines.read();
      assert.ok(!done, 'the stream ended');
      text += value;
    }
  });
});

test('the code that is shown reads what the form would, with the token', async (t) => {
  const page = await openWithToken(t, 'orders', 'elsewhere');
  for (const [data, isPrivate] of [['for others', true], ['for everybody', false]]) {
    await page.getByRole('checkbox').setChecked(isPrivate);
    await page.getByLabel('Data').fill(data);
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    assert.equal((await answer).status(), 200);
  }

  await page.getByLabel('Begin').selectOption('earliest');
  await inEachLanguage(t, page, 'Subscribe', async (language, start) => {
    const child = await start();
    try {
      // In development mode whoever shows no token has the private one too.
      assert.doesNotMatch(await said(child, 'for everybody'), /for others/);
    } finally {
      if (child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    }
  });
});
