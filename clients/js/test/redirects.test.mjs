import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { publish, SiarEventSource } from '../dist/index.js';

/** A server that tells what it was asked; its port makes it an origin of its own. */
async function serve(t, answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

const stream = (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\ndata: a\n\n');
const to = (status, location) => (_, response) => response.writeHead(status, { location: typeof location === 'function' ? location() : location }).end();

const secrets = { 'x-api-key': 'secret', cookie: 'session=secret', 'proxy-authorization': 'secret' };

/** Reads until the first event, or the first error. */
const first = (t, url, options) => new Promise((resolve) => {
  const source = new SiarEventSource(url, { polling: 'never', ...options });
  t.after(() => source.close());
  source.onmessage = ({ data, origin }) => resolve({ data, origin });
  source.onerror = ({ error }) => resolve({ error });
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect of ${status} to another origin takes no header along that may be secret`, async (t) => {
    const other = await serve(t, stream);
    const hub = await serve(t, to(status, `${other.url}/there`));
    const { data, origin } = await first(t, `${hub.url}/events/a`, { headers: secrets, token: 'secret', lastEventId: '5' });
    assert.deepEqual([data, origin], ['a', other.url]);
    assert.deepEqual([hub.asked[0].headers['x-api-key'], hub.asked[0].headers.authorization], ['secret', 'Bearer secret']);
    const [{ headers, url }] = other.asked;
    assert.equal(url, '/there');
    for (const name of [...Object.keys(secrets), 'authorization']) assert.equal(headers[name], undefined, name);
    assert.deepEqual([headers.accept, headers['last-event-id']], ['text/event-stream', '5']);
  });

  test(`a redirect of ${status} within the origin takes all along`, async (t) => {
    const hub = await serve(t, (request, response) => (request.url === '/there' ? stream : to(status, '/there'))(request, response));
    const { data } = await first(t, `${hub.url}/events/a`, { headers: { 'x-api-key': 'secret' }, token: 'secret' });
    assert.equal(data, 'a');
    assert.deepEqual(hub.asked.map(({ headers }) => [headers['x-api-key'], headers.authorization]), [['secret', 'Bearer secret'], ['secret', 'Bearer secret']]);
  });
}

test('what another origin was not given does not come back on the way home', async (t) => {
  let home;
  const other = await serve(t, to(307, () => `${home.url}/there`));
  home = await serve(t, (request, response) => (request.url === '/there' ? stream : to(307, other.url))(request, response));
  await first(t, `${home.url}/events/a`, { headers: secrets });
  assert.deepEqual(home.asked.map(({ headers }) => headers['x-api-key']), ['secret', undefined]);
});

test('a circle ends, and is tried again later', async (t) => {
  const hub = await serve(t, to(302, '/events/a'));
  const { error } = await first(t, `${hub.url}/events/a`, { headers: secrets });
  assert.match(error.message, /redirects without end/);
  assert.equal(hub.asked.length, 21);
});

describe('what is published', () => {
  for (const [status, method] of [[301, 'GET'], [302, 'GET'], [303, 'GET'], [307, 'POST'], [308, 'POST']]) {
    test(`goes on after ${status} as ${method}, as fetch has it`, async (t) => {
      const other = await serve(t, (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ids":["7"]}'));
      const hub = await serve(t, to(status, other.url));
      await publish(`${hub.url}/events`, { topics: 'a', data: 'b' }, { headers: secrets, token: 'secret' });
      const [{ headers, body, ...asked }] = other.asked;
      assert.equal(asked.method, method);
      assert.deepEqual([body !== '', headers['content-type'], headers['x-api-key'], headers.authorization], [method === 'POST', method === 'POST' ? 'application/x-ndjson' : undefined, undefined, undefined]);
    });
  }

  for (const id of [' ', ' x', 'x ', '\tx', 'x\t']) {
    test(`is refused with the id ${JSON.stringify(id)}, which no reader could bring back`, async () => {
      await assert.rejects(publish('http://127.0.0.1:9/events', [{ topics: 'a', data: '' }, { topics: 'a', data: '', id }]), { name: 'TypeError', message: /begins or ends with a blank/ });
    });
  }
});
