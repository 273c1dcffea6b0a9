import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import polyfill from 'event-source-polyfill';
import { EventSource } from 'eventsource-3';
import { KeyedHub } from './support/keyed-hub.mjs';
import './support/npm-clients.mjs';
import { Received, until } from './support/received.mjs';

/** Each client that can send a token in a header; all give back what closes them. */
const clients = {
  'eventsource'(url, authorization, received) {
    const source = new EventSource(url, { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }) });
    source.onopen = received.onOpen;
    source.onmessage = ({ type, data }) => received.onEvent(type, data);
    return () => source.close();
  },
  '@microsoft/fetch-event-source'(url, authorization, received) {
    const end = new AbortController();
    const done = fetchEventSource(url, {
      headers: { authorization },
      signal: end.signal,
      fetch,
      onopen: async () => received.onOpen(),
      onmessage: ({ event, data }) => received.onEvent(event, data),
    });
    return async () => {
      end.abort();
      await done;
    };
  },
  'event-source-polyfill'(url, authorization, received) {
    const source = new polyfill.EventSourcePolyfill(url, { headers: { authorization } });
    source.onopen = received.onOpen;
    source.onmessage = ({ type, data }) => received.onEvent(type, data);
    return () => source.close();
  },
};

/** Where a hub can be subscribed to, and in which dialect its token is. */
const doors = {
  '/events': ['/events?topic=news', '1.0'],
  'Mercure 1.0': ['/.well-known/mercure?match=news', '1.0'],
  'Mercure 0.x': ['/.well-known/mercure?topic=news', '0.x'],
};

describe('private events come with a token', async () => {
  for (const [door, [path, dialect]] of Object.entries(doors)) {
    test(`over ${door}`, async (t) => {
      const hub = await KeyedHub.start();
      t.after(() => hub.stop());
      const authorization = `Bearer ${await hub.token('--dialect', dialect, '--subscribe', 'news')}`;
      const readers = Object.entries(clients).map(([name, open]) => {
        const received = new Received();
        t.after(open(hub.url + path, authorization, received));
        return [name, received];
      });
      await until(() => readers.every(([, received]) => received.opened > 0));
      await hub.publish('news', { number: 1 }, '', true);
      await hub.publish('other', { number: 2 }, '', true);
      await hub.publish('news', { number: 3 }, '', true);
      await until(() => readers.every(([, received]) => received.events.length > 1));
      for (const [name, received] of readers) assert.deepEqual([name, received.faults, received.events], [name, [], [['message', 1], ['message', 3]]]);
    });
  }
});

test('without a token a reader is refused', async (t) => {
  const hub = await KeyedHub.start();
  t.after(() => hub.stop());
  assert.equal((await fetch(`${hub.url}/events?topic=news&refusal=status`)).status, 401);
});
