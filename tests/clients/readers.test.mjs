import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { KeyedHub } from './support/keyed-hub.mjs';
import { npmClients } from './support/npm-clients.mjs';
import { openProgram, Programs } from './support/programs.mjs';
import { Received, until } from './support/received.mjs';
import { Relay } from './support/relay.mjs';

/** Where a hub can be subscribed to. */
const doors = {
  '/events': '/events?topic=news',
  'Mercure 1.0': '/.well-known/mercure?match=news',
  'Mercure 0.x': '/.well-known/mercure?topic=news',
};

/** Those that do not connect again, whatever one says. */
const liveOnly = ['@sentool/fetch-event-source'];
const live = [['message', 1], ['p', 2]];
const all = [...live, ['message', 3], ['message', 4], ['p', 5], ['message', 6]];
const names = [...Object.keys(npmClients), 'Go, donovanhide/eventsource', 'PHP, a loop around fgets', 'Python, urllib'];

for (const [door, path] of Object.entries(doors)) {
  describe(`over ${door}, as it is and without a filter`, () => {
    const readers = new Map();
    const programs = new Programs();
    let hub;
    after(async () => {
      for (const { close, relay } of readers.values()) {
        await close();
        relay.close();
      }

      programs.remove();
      await hub?.stop();
    });

    before(async () => {
      const opens = { ...npmClients };
      for (const [name, program] of Object.entries(await programs.prepare())) opens[name] = openProgram(program);
      // Keep-alives come often, so that each client gets some.
      hub = await KeyedHub.start({ SIAR_ANONYMOUS: 'true', SIAR_KEEP_ALIVE: '1s' });
      for (const [name, open] of Object.entries(opens)) {
        const relay = await Relay.to(hub.url);
        const received = new Received();
        readers.set(name, { relay, received, close: open(relay.url + path, received) });
      }

      const each = (isTrue) => () => [...readers].every(([name, reader]) => isTrue(reader, name));
      await until(each(({ relay }) => relay.isAnswered));
      await hub.publish('news', { number: 1 });
      await hub.publish('news', { number: 2 }, 'p');
      // The place of a reader moves on others' events, too: what it is told of that must not look like a message.
      await hub.publish('other', { number: 0 });
      await until(each(({ received }) => received.events.length >= live.length), each(({ relay }) => relay.comments > 3));
      for (const reader of readers.values()) reader.requestsBefore = reader.relay.requests;

      await hub.kill();
      await hub.restart();
      await hub.publish('news', { number: 3 });
      await hub.publish('news', { number: 4 });
      await hub.publish('news', { number: 5 }, 'p');
      await until(each(({ received }, name) => liveOnly.includes(name) || received.events.length >= all.length - 1));
      await hub.publish('news', { number: 6 });
      await hub.publish('other', { number: 0 });
      await until(each(({ received }, name) => liveOnly.includes(name) || received.events.length >= all.length), each(({ relay }, name) => liveOnly.includes(name) || relay.comments > 3));
    });

    for (const name of names) {
      test(`${name} gets what was published and nothing else, over one connection, and goes on where it was after the hub was killed`, () => {
        const { received, requestsBefore } = readers.get(name);
        assert.deepEqual([received.faults, received.events, requestsBefore], [[], liveOnly.includes(name) ? live : all, 1]);
      });
    }
  });
}
