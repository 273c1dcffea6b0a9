import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Hub } from './support/hub.mjs';
import { launch, openPage } from './support/browser.mjs';
import { Listener } from './support/listener.mjs';

let browser;
let folder;
before(async () => {
  browser = await launch(['--ignore-certificate-errors']);
  folder = mkdtempSync(join(tmpdir(), 'siar-'));
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(t, hub, count) {
  t.after(() => hub.stop());
  const page = await openPage(browser, hub);
  t.after(() => page.close());
  const protocols = [];
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  network.on('Network.responseReceived', ({ response }) => protocols.push(response.protocol));
  const listeners = [];
  for (let i = 0; i < count; i++) listeners.push(await Listener.start(page, hub, `/events/prices?reader=${i}`));
  return { page, listeners, protocols };
}

test('over HTTP/1.1 six streams are open and the seventh waits for a place', async (t) => {
  const hub = await Hub.start();
  const { listeners, protocols } = await open(t, hub, 7);
  const [first, ...rest] = listeners;
  const seventh = rest.pop();
  await first.until('open');
  for (const listener of rest) await listener.until('open');

  await hub.publish('prices', 'to six');
  await rest.at(-1).until('event');
  assert.deepEqual(await seventh.seen(), []);

  await first.close();
  await seventh.until('open');
  assert.deepEqual([...new Set(protocols)], ['http/1.1']);
});

test('over HTTP/2 ninety-nine streams and a request share one connection', async (t) => {
  // The certificate store of whoever runs the tests is left as it is.
  const certificate = join(folder, 'certificate.pem');
  execFileSync('dotnet', ['dev-certs', 'https', '--export-path', certificate, '--format', 'Pem', '--no-password'], {
    env: { ...process.env, HOME: folder, DOTNET_CLI_HOME: folder },
  });
  const hub = await Hub.start({ scheme: 'https', args: ['--dev', '--cert', certificate, '--cert-key', join(folder, 'certificate.key')] });
  const { page, listeners, protocols } = await open(t, hub, 99);
  for (const listener of listeners) await listener.until('open');

  await page.evaluate(() => fetch('/events/prices', { method: 'POST', body: 'to all' }));

  for (const listener of listeners) await listener.until('event');
  assert.deepEqual([...new Set(protocols)], ['h2']);
});
