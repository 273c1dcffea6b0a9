import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listener } from './support/listener.mjs';
import { suite } from './support/suite.mjs';

const shared = suite({ env: { SIAR_LIMITS_CONNECTIONS: '1' } });

test('a page that finds no room comes back by itself when there is room', async (t) => {
  const page = await shared.page(t);
  const holder = await Listener.start(page, shared.hub, '/events/prices');
  await holder.until('open');
  const waiting = await Listener.start(page, shared.hub, '/events/prices');

  await waiting.until('error', 2);
  await shared.hub.publish('prices', 'for the one inside');
  await holder.until('event');
  assert.deepEqual(await waiting.events(), []);

  await holder.close();
  const refusals = (await waiting.seen()).filter((report) => report.kind === 'error').length;
  // A refusal opens and ends; being let in opens and stays: publish until something arrives.
  while ((await waiting.events()).length === 0) await shared.hub.publish('prices', 'for the one who waited');

  const seen = await waiting.seen();
  assert.equal(seen.find((report) => report.kind === 'event').data, 'for the one who waited');
  assert.ok(refusals >= 2);
  assert.deepEqual(seen.filter((report) => report.closed), []);
});
