import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { installClient } from './support/client.mjs';
import { RudeClient } from './support/frames.mjs';
import { Hub } from './support/hub.mjs';
import { launch, openPage } from './support/browser.mjs';

let browser;
let folder;
let certificate;
before(async () => {
  browser = await launch(['--ignore-certificate-errors']);
  folder = mkdtempSync(join(tmpdir(), 'siar-'));
  certificate = join(folder, 'certificate.pem');
  // The certificate store of whoever runs the tests is left as it is.
  execFileSync('dotnet', ['dev-certs', 'https', '--export-path', certificate, '--format', 'Pem', '--no-password'], {
    env: { ...process.env, HOME: folder, DOTNET_CLI_HOME: folder },
  });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(t, ...args) {
  const hub = await Hub.start({ scheme: 'https', args: ['--dev', '--cert', certificate, '--cert-key', join(folder, 'certificate.key'), ...args] });
  t.after(() => hub.stop());
  const page = await openPage(browser, hub);
  t.after(() => page.close());
  await installClient(page);
  /** Each connection that an answer has come over, as its protocol and the browser's own number of it. */
  const connections = new Set();
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  network.on('Network.responseReceived', ({ response }) => connections.add(`${response.protocol} ${response.connectionId}`));
  return { hub, page, connections };
}

/** Runs in the page. Opens sources that count what happens to each of them. */
function begin(count) {
  globalThis.opened = new Set();
  globalThis.received = new Set();
  globalThis.all = Array.from({ length: count }, (_, index) => {
    const source = new globalThis.siar.SiarEventSource(`/events/prices?reader=${index}`, { polling: 'never' });
    source.onopen = () => globalThis.opened.add(index);
    source.onmessage = () => globalThis.received.add(index);
    return source;
  });
}

const until = (page, name, count) => page.waitForFunction(({ name, count }) => globalThis[name].size >= count, { name, count }, { polling: 50 });
const publish = (page, data) => page.evaluate((data) => globalThis.siar.publish('/events', { topics: 'prices', data }), data);

test('over HTTP/2 one connection carries 250 streams where the hub allows them', async (t) => {
  // One more, so that a request can be made beside them.
  const { page, connections } = await open(t, '--max-streams-per-connection', '251');
  await page.evaluate(begin, 250);
  await until(page, 'opened', 250);
  await publish(page, 'to all');
  await until(page, 'received', 250);
  assert.match([...connections].join(), /^h2 \d+$/);
});

test('at the default the hundred-and-first waits, and everything else goes on', async (t) => {
  const { hub, page } = await open(t);
  await page.evaluate(begin, 101);
  await until(page, 'opened', 100);
  const other = await RudeClient.connect(t, hub);
  assert.ok(await other.publish('/events/prices', 'to a hundred'));
  await until(page, 'received', 100);
  assert.equal(await page.evaluate(() => globalThis.opened.has(100)), false);
  assert.equal(await page.evaluate(() => globalThis.all[100].readyState), 0);

  await page.evaluate(() => globalThis.all[0].close());
  await until(page, 'opened', 101);
});

test('a client that opens more than it may has those refused, and nobody else notices', async (t) => {
  const { hub, page } = await open(t);
  await page.evaluate(begin, 3);
  await until(page, 'opened', 3);
  const client = await RudeClient.connect(t, hub);
  for (let count = 0; count < 150; count++) client.open('/events/prices');
  await client.until(() => client.answered.size >= 100 && client.refused.size >= 50);

  // RFC 9113, 5.1.2: a stream beyond the limit is a stream error, REFUSED_STREAM, and no error of the connection.
  assert.deepEqual([...new Set(client.refused.values())], [7]);
  assert.equal(client.answered.size, 100);
  assert.equal(client.goneAway, false);
  const before = client.dataBytes;
  await publish(page, 'to all');
  await until(page, 'received', 3);
  await client.until(() => client.dataBytes > before);
});
