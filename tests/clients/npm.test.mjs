import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import polyfill from 'event-source-polyfill';
import { EventSource } from 'eventsource';
import { KeyedHub } from './support/keyed-hub.mjs';
import { Received } from './support/received.mjs';

// It is written for browsers, and looks whether the page is hidden.
globalThis.window ??= globalThis;
globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };

/** Each client that can send a token in a header; all give back what closes them. */
const clients = {
  'eventsource'(url, token, received) {
    const source = new EventSource(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
    });
    source.onopen = received.onOpen;
    source.onmessage = received.onEvent;
    return () => source.close();
  },
  '@microsoft/fetch-event-source'(url, token, received) {
    const end = new AbortController();
    const done = fetchEventSource(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: end.signal,
      fetch,
      onopen: async (response) => {
        assert.equal(response.status, 200);
        received.onOpen();
      },
      // A stream that ends in order, as each does after an hour, is over to this client unless one says otherwise.
      onclose: () => {
        throw new Error('The stream has ended: once more.');
      },
      // This client hands over every block, one without data too, and events of all names.
      onmessage: received.onEvent,
    });
    return async () => {
      end.abort();
      await done;
    };
  },
  'event-source-polyfill'(url, token, received) {
    const source = new polyfill.EventSourcePolyfill(url, { headers: { authorization: `Bearer ${token}` } });
    source.onopen = received.onOpen;
    source.onmessage = received.onEvent;
    return () => source.close();
  },
};

/** Where a hub can be subscribed to. */
const doors = {
  'the plain API': { path: '/events?topic=news', dialect: '1.0' },
  'Mercure 1.0': { path: '/.well-known/mercure?match=news', dialect: '1.0' },
  'Mercure 0.x': { path: '/.well-known/mercure?topic=news', dialect: '0.x' },
};

for (const [name, open] of Object.entries(clients)) {
  describe(name, () => {
    for (const [door, { path, dialect }] of Object.entries(doors)) {
      test(`over ${door} gets private events with a token, comes back after the hub was killed, and goes on where it was`, async (t) => {
        const hub = await KeyedHub.start();
        t.after(() => hub.stop());
        const received = new Received();
        const close = open(hub.url + path, await hub.token('--dialect', dialect, '--subscribe', 'news'), received);
        t.after(close);
        await received.opened();
        await hub.publish('news', '1');
        await hub.publish('other', 'not for this reader');
        await received.events(1);

        await hub.kill();
        await hub.restart();
        await hub.publish('news', '2');
        await received.events(2);
        await hub.publish('news', '3');

        assert.deepEqual(await received.events(3), ['1', '2', '3']);
      });
    }
  });
}

test('without a token a reader is refused', async (t) => {
  const hub = await KeyedHub.start();
  t.after(() => hub.stop());
  assert.equal((await fetch(`${hub.url}/events?topic=news&refusal=status`)).status, 401);
});
