import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Listener, places } from './support/listener.mjs';
import { freshTopic, suite } from './support/suite.mjs';

const shared = suite();

/** What a reader sees of a text: the standard ends a line at CRLF, LF and CR alike, and joins the lines with LF. */
const normalised = (text) => text.replace(/\r\n?/g, '\n');

const texts = {
  'plain text': 'hello',
  'nothing': '',
  'JSON': '{"price": 1.07, "pair": "EUR/USD"}',
  'XML': '<?xml version="1.0"?>\n<price pair="EUR/USD">1.07</price>\n',
  'lines that end in LF': 'one\ntwo\n\nfour',
  'lines that end in CRLF': 'one\r\ntwo\r\n\r\nfour',
  'lines that end in CR': 'one\rtwo\r\rfour',
  'line ends at both ends': '\n\r\none\n\r',
  'what looks like fields': 'data: x\nid: 7\nevent: other\nretry: 1\n: comment\n\n',
  'spaces and tabs at the edges': '  two spaces\n\ttab \n ',
  'many scripts': 'žluťoučký κύων привет שלום مرحبا 你好 こんにちは हिन्दी',
  'characters beyond the first plane': '😀 👩‍👩‍👧‍👦 𝔘 🇮🇩',
  'separators that are no line ends here': 'a\u2028b\u2029c\u0085d\u000be\u000cf',
  'a byte order mark inside': '\ufeffstart\ufeffend',
  'a quarter of a megabyte': 'Ünïcode 0123456789 '.repeat(12_000),
};

for (const place of places) {
  describe(`an EventSource in a ${place}`, () => {
    test('opens before the first event, and receives in order', async (t) => {
      const topic = freshTopic();
      const page = await shared.page(t);
      await shared.hub.publish(topic, 'kept before');
      const listener = await Listener.start(page, shared.hub, `/events/${topic}?lastEventId=earliest`, { place });
      await listener.until('event');
      for (const data of ['1', '2', '3']) await shared.hub.publish(topic, data);

      const seen = await listener.until('event', 4);

      assert.deepEqual(seen.map((report) => report.data ?? report.kind), ['open', 'kept before', '1', '2', '3']);
      assert.equal(seen[1].origin, shared.hub.url);
    });

    test('opens although no event comes', async (t) => {
      const listener = await Listener.start(await shared.page(t), shared.hub, `/events/${freshTopic()}`, { place });
      assert.deepEqual(await listener.until('open'), [{ kind: 'open' }]);
    });

    test('hands named events to the listeners of their name', async (t) => {
      const topic = freshTopic();
      const listener = await Listener.start(await shared.page(t), shared.hub, `/events/${topic}`, { place, types: ['message', 'price'] });
      await listener.until('open');
      await shared.hub.publish(topic, 'unnamed');
      await shared.hub.publish(topic, 'nobody listens', { type: 'volume' });
      await shared.hub.publish(topic, 'named', { type: 'price' });

      await listener.until('event', 2);

      assert.deepEqual((await listener.events()).map(({ type, data }) => [type, data]), [['message', 'unnamed'], ['price', 'named']]);
    });

    test('carries the id that the publisher was told', async (t) => {
      const topic = freshTopic();
      const listener = await Listener.start(await shared.page(t), shared.hub, `/events/${topic}`, { place });
      await listener.until('open');
      const ids = [await shared.hub.publish(topic, 'made by the hub'), await shared.hub.publish(topic, 'mine', { id: `mine-${topic}` })];

      await listener.until('event', 2);

      assert.deepEqual((await listener.events()).map((event) => event.lastEventId), ids);
      assert.equal(ids[1], `mine-${topic}`);
    });

    test('receives every text as it was sent', async (t) => {
      const topic = freshTopic();
      const listener = await Listener.start(await shared.page(t), shared.hub, `/events/${topic}`, { place });
      await listener.until('open');
      for (const text of Object.values(texts)) await shared.hub.publish(topic, text);

      await listener.until('event', Object.keys(texts).length);

      const received = (await listener.events()).map((event) => event.data);
      for (const [index, [name, text]] of Object.entries(texts).entries()) assert.equal(received[index], normalised(text), name);
    });
  });
}
