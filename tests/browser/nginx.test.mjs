import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch } from './support/browser.mjs';
import { Hub, root } from './support/hub.mjs';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** Whether something listens there. */
const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
  socket.on('connect', () => socket.destroy());
});

/** nginx with the configuration that the documentation names, in front of a hub; `change` may take something from it. */
async function startNginx(t, hubPort, change = (text) => text) {
  const folder = await mkdtemp(join(tmpdir(), 'siar-nginx-'));
  const port = await freePort();
  const parts = (await readFile(`${root}deploy/nginx.conf`, 'utf8'))
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('127.0.0.1:7427', `127.0.0.1:${hubPort}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
  const file = join(folder, 'nginx.conf');
  await writeFile(file, `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit; events {} http { access_log off; ${temporary}\n${change(parts)}\n}`);
  const nginx = spawn('nginx', ['-c', file, '-p', folder, '-e', 'stderr'], { stdio: 'ignore' });
  t.after(async () => {
    nginx.kill();
    if (nginx.exitCode === null && nginx.signalCode === null) await once(nginx, 'exit');
    await rm(folder, { recursive: true });
  });
  while (!(await answers(port))) assert.equal(nginx.exitCode, null, 'nginx ended: is its configuration wrong?');
  return `http://127.0.0.1:${port}`;
}

/** A page that reads a topic through nginx, and tells what came. */
async function reader(t, url) {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${url}/health/live`);
  await page.evaluate(() => {
    globalThis.got = [];
    globalThis.source = new EventSource('/events/prices');
    source.onmessage = (event) => got.push(event.data);
  });
  await page.waitForFunction(() => source.readyState === EventSource.OPEN);
  return page;
}

test('nginx passes events on at once, and after a restart of the hub the page comes back', async (t) => {
  const first = await Hub.start();
  t.after(() => first.stop());
  const page = await reader(t, await startNginx(t, first.port));
  await first.publish('prices', 'before');
  await page.waitForFunction(() => got.includes('before'));

  await first.kill();
  await page.waitForFunction(() => source.readyState === EventSource.CONNECTING);
  const second = await Hub.start({ port: first.port });
  t.after(() => second.stop());
  await page.waitForFunction(() => source.readyState === EventSource.OPEN);
  for (let i = 0; !(await page.evaluate(() => got.includes('after'))); i++) await second.publish('prices', 'after');
  assert.notEqual(await page.evaluate(() => source.readyState), 2);
});

test('without that setting the 502 of a restart ends the page’s stream for good', async (t) => {
  const hub = await Hub.start();
  t.after(() => hub.stop());
  const url = await startNginx(t, hub.port, (text) => text.replace(/^.*error_page.*$/m, ''));
  const page = await reader(t, url);
  await hub.kill();
  await page.waitForFunction(() => source.readyState === EventSource.CLOSED);
});

test('a publish that cannot be passed on is not answered as if it were', async (t) => {
  const url = await startNginx(t, await freePort());
  const answer = await fetch(`${url}/events/prices`, { method: 'POST', body: '1' });
  assert.equal(answer.status, 502);
});
