import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { launch } from './support/browser.mjs';
import { Hub, root } from './support/hub.mjs';

// In development mode a hub answers no proxy that shows itself, as this one does: it has a key, and readers need no token.
const key = 'a secret of at least thirty-two bytes';
const served = { args: ['--anonymous', '--store', 'memory'], env: { MERCURE_PUBLISHER_JWT_KEY: key, MERCURE_SUBSCRIBER_JWT_KEY: key } };
const publisher = { authorization: `Bearer ${tokenOf({ mercure: { publish: ['*'] } })}` };

/** A token in the form of RFC 7519, signed with the key. */
function tokenOf(claims) {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${parts}.${createHmac('sha256', key).update(parts).digest('base64url')}`;
}

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

/** A certificate that nobody trusts, for as long as the test runs. */
async function makeCertificate(folder) {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await promisify(execFile)('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '1', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate,
  ]);
  return { certificate, key };
}

/** nginx with the configuration that the documentation names, in front of a hub; `change` may take something from it. */
async function startNginx(t, hubPort, change = (text) => text) {
  const folder = await mkdtemp(join(tmpdir(), 'siar-nginx-'));
  const [port, securePort] = await Promise.all([freePort(), freePort()]);
  const { certificate, key } = await makeCertificate(folder);
  const parts = (await readFile(`${root}deploy/nginx.conf`, 'utf8'))
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('listen 8443 ssl http2;', `listen 127.0.0.1:${securePort} ssl http2;`)
    .replace('/etc/ssl/certs/siar.pem', certificate)
    .replace('/etc/ssl/private/siar.key', key)
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
  return { url: `http://127.0.0.1:${port}`, secureUrl: `https://127.0.0.1:${securePort}` };
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
  const first = await Hub.start(served);
  t.after(() => first.stop());
  const page = await reader(t, (await startNginx(t, first.port)).url);
  await first.publish('prices', 'before', {}, publisher);
  await page.waitForFunction(() => got.includes('before'));

  await first.kill();
  await page.waitForFunction(() => source.readyState === EventSource.CONNECTING);
  const second = await Hub.start({ ...served, port: first.port });
  t.after(() => second.stop());
  await page.waitForFunction(() => source.readyState === EventSource.OPEN);
  for (let i = 0; !(await page.evaluate(() => got.includes('after'))); i++) await second.publish('prices', 'after', {}, publisher);
  assert.notEqual(await page.evaluate(() => source.readyState), 2);
});

test('without that setting the 502 of a restart ends the page’s stream for good', async (t) => {
  const hub = await Hub.start(served);
  t.after(() => hub.stop());
  const { url } = await startNginx(t, hub.port, (text) => text.replace(/^.*error_page.*$/m, ''));
  const page = await reader(t, url);
  await hub.kill();
  await page.waitForFunction(() => source.readyState === EventSource.CLOSED);
});

test('a publish that cannot be passed on is not answered as if it were', async (t) => {
  const { url } = await startNginx(t, await freePort());
  const answer = await fetch(`${url}/events/prices`, { method: 'POST', body: '1' });
  assert.equal(answer.status, 502);
});

/** Has nginx tell in a header which connection a request came on. */
const tellConnection = (text) => text.replace('location / {', 'add_header X-Connection $connection always;\n    location / {');

test('over HTTP/2 twenty streams share one connection, and all come back after a restart of the hub', async (t) => {
  const count = 20;
  const first = await Hub.start(served);
  t.after(() => first.stop());
  const { secureUrl } = await startNginx(t, first.port, tellConnection);
  const browser = await launch(['--ignore-certificate-errors']);
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const connections = new Set();
  page.on('response', (response) => connections.add(response.headers()['x-connection']));

  await page.goto(`${secureUrl}/health/live`);
  await page.evaluate((streams) => {
    globalThis.got = Array.from({ length: streams }, () => new Set());
    globalThis.sources = got.map((events, i) => {
      const source = new EventSource(`/events/prices?tab=${i}`);
      source.onmessage = (event) => events.add(event.data);
      return source;
    });
  }, count);
  const allAre = (state) => page.waitForFunction((wanted) => sources.every((source) => source.readyState === EventSource[wanted]), state);
  const allGot = (data) => page.waitForFunction((wanted) => got.every((events) => events.has(wanted)), data);

  await allAre('OPEN');
  await first.publish('prices', 'before', {}, publisher);
  await allGot('before');
  assert.equal(await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol), 'h2');
  assert.equal(connections.size, 1, [...connections].join(' '));

  await first.kill();
  await allAre('CONNECTING');
  const second = await Hub.start({ ...served, port: first.port });
  t.after(() => second.stop());
  await allAre('OPEN');
  await second.publish('prices', 'after', {}, publisher);
  await allGot('after');
});
