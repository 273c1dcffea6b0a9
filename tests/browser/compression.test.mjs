import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Listener, places } from './support/listener.mjs';
import { freshTopic, suite } from './support/suite.mjs';

const shared = suite({ env: { SIAR_GZIP_FROM: '100' } });

describe('a compressed stream', () => {
  test('is what a browser asks for and gets', async (t) => {
    const page = await shared.page(t);
    const encoding = await page.evaluate(async (url) => {
      const leave = new AbortController();
      const answer = await fetch(url, { signal: leave.signal });
      const name = answer.headers.get('content-encoding');
      leave.abort();
      return name;
    }, `${shared.hub.url}/events/${freshTopic()}`);
    assert.equal(encoding, 'gzip');
  });

  for (const place of places) {
    test(`shows each event in a ${place} before the next is published`, async (t) => {
      const topic = freshTopic();
      const listener = await Listener.start(await shared.page(t), shared.hub, `/events/${topic}`, { place });
      await listener.until('open');
      const texts = ['small', 'large '.repeat(200), 'x', 'very large '.repeat(20_000), 'last'];
      for (const [index, text] of texts.entries()) {
        await shared.hub.publish(topic, text);
        await listener.until('event', index + 1);
      }

      assert.deepEqual((await listener.events()).map(({ data }) => data), texts);
    });
  }
});
