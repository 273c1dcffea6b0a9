import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SiarEventSource } from '../dist/index.js';
import { dice } from './support/dice.mjs';
import { Browser } from './support/model.mjs';
import { ModelHub } from './support/model-hub.mjs';
import { settle } from './support/network.mjs';

// Loading takes real time, of which the model knows nothing.
await import('../dist/shared/member.js');

/** Tabs that share a model of the hub. */
class World {
  hub = new ModelHub();
  tabs = [];

  constructor(t) {
    this.browser = new Browser(t);
    t.after(() => this.tabs.forEach(({ tab }) => tab.die()));
  }

  open(topics, options = {}) {
    const tab = this.browser.tab();
    const opened = { tab, topics, seen: [], reports: [] };
    tab.run(() => {
      const query = topics.map((topic) => `topic=${topic}`).join('&');
      opened.source = new SiarEventSource(options.url ?? `https://hub.example/events?${query}`, { shared: true, fetch: this.hub.fetch, ...options });
      opened.source.onmessage = ({ data }) => opened.seen.push(data);
      for (const type of ['open', 'error', 'siar.live', 'siar.gap']) opened.source.addEventListener(type, () => opened.reports.push(type));
      opened.source.addEventListener('siar.closed', ({ data }) => opened.reports.push(`siar.closed ${JSON.parse(data).topic}`));
    });
    this.tabs.push(opened);
    return opened;
  }

  pass(milliseconds) {
    return this.browser.pass(milliseconds);
  }

  /** What a tab should have seen of what was published since the first that it saw. */
  fault({ topics, seen, since }) {
    const wanted = this.hub.log.filter((event) => topics.includes(event.topics[0])).map(({ data }) => data);
    const first = since ?? (seen.length ? wanted.indexOf(seen[0]) : wanted.length);
    const should = wanted.slice(first);
    return JSON.stringify(seen) === JSON.stringify(should) ? undefined : `${topics}: ${seen} where ${should} should be`;
  }
}

test('tabs with different topics read through one connection, each what it asked for', async (t) => {
  const world = new World(t);
  const tabs = [['a'], ['b'], ['a', 'b'], ['c']].map((topics) => world.open(topics));
  await world.pass(2000);
  for (const topic of ['a', 'b', 'c', 'd']) world.hub.publish(topic, topic);
  await world.pass(100);
  assert.deepEqual(tabs.map(({ seen }) => seen), [['a'], ['b'], ['a', 'b'], ['c']]);
  assert.equal(world.hub.streams.size, 1);
  assert.deepEqual(tabs.map(({ reports }) => reports), tabs.map(() => ['open', 'siar.live']));
});

test('topics that nobody wants any more go, and nobody sees a reconnect', async (t) => {
  const world = new World(t);
  const [stays, goes] = [world.open(['a']), world.open(['b'])];
  await world.pass(2000);
  goes.source.close();
  await world.pass(6000);
  assert.deepEqual([...world.hub.streams].map(({ topics }) => [...topics]), [['a']]);
  world.hub.publish('a', '1');
  await world.pass(100);
  assert.deepEqual([stays.seen, stays.reports], [['1'], ['open', 'siar.live']]);
});

test('a topic that is refused ends who asked for it, not the others', async (t) => {
  const world = new World(t);
  const good = world.open(['a']);
  await world.pass(1000);
  const [other, bad] = [world.open(['b']), world.open(['secret'])];
  await world.pass(2000);
  assert.deepEqual([good, other, bad].map(({ source }) => source.readyState), [1, 1, 2]);
  world.hub.publish('b', '1');
  await world.pass(100);
  assert.deepEqual(other.seen, ['1']);
});

test('a first tab that is refused lets the next one lead', async (t) => {
  const world = new World(t);
  const [bad, good] = [world.open(['secret']), world.open(['a'])];
  await world.pass(3000);
  assert.deepEqual([bad, good].map(({ source }) => source.readyState), [2, 1]);
});

test('a tab whose topics do not fit reads alone', async (t) => {
  const world = new World(t);
  world.open(Array.from({ length: 99 }, (_, index) => `t${index}`));
  await world.pass(1000);
  // The model tells server-sent events from nothing, so that it is refused shows where it went.
  const alone = world.open(['x', 'y'], { retryOn: [] });
  await world.pass(1000);
  assert.equal(alone.source.readyState, 2);
});

test('a tab whose topics would make the address too long reads alone', async (t) => {
  const world = new World(t);
  const long = (name) => [`https://topics.example/${name.repeat(1500)}`];
  const [one, two, three] = ['a', 'b', 'c'].map((name) => world.open(long(name)));
  await world.pass(2000);
  assert.deepEqual([one, two, three].map(({ source }) => source.readyState), [1, 1, 1]);
  const alone = world.open(long('d'), { retryOn: [] });
  const few = world.open(['e']);
  await world.pass(2000);
  // The model tells server-sent events from nothing, so that it is refused shows where it went.
  assert.deepEqual([alone, few].map(({ source }) => source.readyState), [2, 1]);
  assert.equal(world.hub.streams.size, 1);
});

for (const status of [414, 431]) {
  test(`a tab whose topics the hub cannot take with those of the others (${status}) reads alone`, async (t) => {
    const world = new World(t);
    world.hub.most = [2, status];
    const [one, two] = [world.open(['a']), world.open(['b'])];
    await world.pass(2000);
    const accepts = [];
    const fetch = (url, init) => (accepts.push(init.headers.get('accept')), world.hub.fetch(url, init));
    const third = world.open(['c'], { fetch });
    await world.pass(2000);
    assert.equal(accepts[0], 'text/event-stream');
    for (const topic of ['a', 'b']) world.hub.publish(topic, topic);
    await world.pass(100);
    assert.deepEqual([one, two].map(({ seen, reports }) => [seen, reports]), [[['a'], ['open', 'siar.live']], [['b'], ['open', 'siar.live']]]);
    assert.equal(third.source.readyState, 2, 'The model has no server-sent events.');
  });

  test(`tabs that read together read alone when the hub does not take their topics together any more (${status})`, async (t) => {
    const world = new World(t);
    const accepts = [];
    const fetch = (url, init) => (accepts.push(init.headers.get('accept')), world.hub.fetch(url, init));
    for (const topic of ['a', 'b']) world.open([topic], { fetch });
    await world.pass(2000);
    world.hub.most = [1, status];
    world.hub.drop();
    accepts.length = 0;
    await world.pass(5000);
    assert.deepEqual(accepts.filter((accept) => accept === 'text/event-stream').length, 2);
  });
}

describe('a server that is no hub', () => {
  const sse = () => new Response('data: a\n\n', { headers: { 'content-type': 'text/event-stream' } });
  for (const [name, answer] of [['answers with server-sent events', sse], ['refuses lines of JSON', () => new Response('Not Acceptable', { status: 406 })]]) {
    test(`${name}: the source ends with a sentence that says why`, async (t) => {
      const world = new World(t);
      const { source } = world.open(['a'], { url: 'https://other.example/stream', fetch: async () => answer() });
      const failure = new Promise((resolve) => source.addEventListener('error', resolve));
      await world.pass(2000);
      assert.equal(source.readyState, 2);
      assert.match((await failure).error.message, /^Only streams of a Siar hub can be shared.*leave the option 'shared' out/);
    });
  }
});

test('tabs see the hub go and come back, as they would alone', async (t) => {
  const world = new World(t);
  const tabs = [world.open(['a']), world.open(['b'])];
  await world.pass(2000);
  world.hub.isDown = true;
  world.hub.drop();
  await world.pass(100);
  assert.deepEqual(tabs.map(({ source }) => source.readyState), [0, 0]);
  world.hub.publish('a', '1');
  world.hub.isDown = false;
  await world.pass(10_000);
  assert.deepEqual(tabs[0].seen, ['1']);
  for (const { reports } of tabs) assert.deepEqual(reports.slice(2), ['error', 'open', 'siar.live']);
});

test('a tab with a place of its own is given what it missed, before what is new', async (t) => {
  const world = new World(t);
  world.open(['a', 'b']);
  await world.pass(1000);
  for (let number = 1; number <= 12; number++) world.hub.publish(number % 2 ? 'a' : 'b', String(number));
  const back = world.open(['a'], { lastEventId: '2' });
  await world.pass(2000);
  world.hub.publish('a', '13');
  await world.pass(100);
  assert.deepEqual(back.seen, ['3', '5', '7', '9', '11', '13']);
});

test('a new leader that knows less than the others repeats nothing to them', async (t) => {
  const world = new World(t);
  const [leader, next, other] = [world.open(['a']), world.open(['a']), world.open(['a'])];
  await world.pass(2000);
  world.hub.publish('a', '1');
  await world.pass(20);
  next.tab.deafen();
  for (const data of ['2', '3']) world.hub.publish('a', data);
  await world.pass(20);
  assert.deepEqual(other.seen, ['1', '2', '3']);
  leader.tab.die();
  await world.pass(2000);
  world.hub.publish('a', '4');
  await world.pass(20);
  next.tab.goOn();
  await world.pass(100);
  world.hub.publish('a', '5');
  await world.pass(20);
  for (const { seen, reports } of [next, other]) assert.deepEqual([seen, reports], [['1', '2', '3', '4', '5'], ['open', 'siar.live']]);
  assert.equal(world.hub.pages, 0, 'No tab had a hole.');
});

test('a tab that is about to be frozen hands over at once, and has everything when it thaws', async (t) => {
  const world = new World(t);
  const [leader, other] = [world.open(['a']), world.open(['a'])];
  await world.pass(2000);
  await leader.tab.freeze();
  await world.pass(100);
  world.hub.publish('a', '1');
  await world.pass(20);
  assert.deepEqual(other.seen, ['1']);
  assert.deepEqual([...world.hub.streams].map(({ tab }) => tab === other.tab), [true]);
  await world.pass(20_000);
  leader.tab.thaw();
  await world.pass(100);
  world.hub.publish('a', '2');
  await world.pass(20);
  for (const { seen, reports } of [leader, other]) assert.deepEqual([seen, reports], [['1', '2'], ['open', 'siar.live']]);
});

test('a new leader that knows less repeats nothing, however long the hub is away', async (t) => {
  const world = new World(t);
  const [leader, next, other] = [world.open(['a']), world.open(['a']), world.open(['a'])];
  await world.pass(2000);
  world.hub.publish('a', '1');
  await world.pass(20);
  next.tab.deafen();
  world.hub.publish('a', '2');
  await world.pass(20);
  world.hub.isDown = true;
  leader.tab.die();
  await world.pass(15_000);
  next.tab.goOn();
  world.hub.isDown = false;
  await world.pass(40_000);
  world.hub.publish('a', '3');
  await world.pass(100);
  for (const { seen } of [next, other]) assert.deepEqual(seen, ['1', '2', '3']);
});

test('a topic that is closed ends who reads no other, and is told to all who read it', async (t) => {
  const world = new World(t);
  const [one, both] = [world.open(['a']), world.open(['a', 'b'])];
  await world.pass(2000);
  world.hub.publish('a', '1');
  world.hub.close('a');
  await world.pass(200);
  assert.deepEqual([one, both].map(({ source }) => source.readyState), [2, 1]);
  assert.deepEqual([one, both].map(({ reports }) => reports), [['open', 'siar.live', 'siar.closed a', 'error'], ['open', 'siar.live', 'siar.closed a']]);
  // Who comes later is told as well, and so is who brings a topic that nobody else reads.
  world.hub.close('c');
  await world.pass(10_000);
  const [late, other] = [world.open(['a']), world.open(['c', 'b'])];
  await world.pass(2000);
  assert.deepEqual([late, other].map(({ source }) => source.readyState), [2, 1]);
  assert.deepEqual(late.reports.filter((report) => report.startsWith('siar.closed')), ['siar.closed a']);
  assert.deepEqual(other.reports.filter((report) => report.startsWith('siar.closed')), ['siar.closed c']);
  assert.deepEqual([late.seen, both.seen], [[], ['1']]);
});

describe('a tab that may not share', () => {
  const denied = async () => { throw new DOMException('The request was denied.', 'SecurityError'); };

  test('reads alone', async (t) => {
    const world = new World(t);
    Object.assign(navigator.locks, { request: denied, query: denied });
    let asked = 0;
    world.open(['a'], { fetch: async (url, { headers }) => (headers.get('accept') === 'text/event-stream' && asked++, new Promise(() => {})) });
    await world.pass(200);
    assert.equal(asked, 1);
  });

  test('since its channels are not to be had reads alone too', async (t) => {
    const world = new World(t);
    globalThis.BroadcastChannel = class { constructor() { throw new DOMException('No.', 'SecurityError'); } };
    let asked = 0;
    world.open(['a'], { fetch: async () => (asked++, new Promise(() => {})) });
    await world.pass(200);
    assert.equal(asked, 1);
  });
});

test('a topic that is no percent-encoded text is for the hub to refuse', async (t) => {
  const world = new World(t);
  const tab = world.open(['a'], { url: 'https://hub.example/events/100%' });
  await world.pass(2000);
  assert.deepEqual(tab.reports, ['open', 'siar.live']);
});

test('a source that is closed at whatever moment leaves nothing behind', async (t) => {
  const world = new World(t);
  for (let turns = 0; turns < 30; turns++) {
    const { tab, source } = world.open(['a']);
    await settle(turns);
    tab.run(() => source.close());
    await world.pass(100);
  }
  await world.pass(3000);
  assert.equal(world.hub.streams.size, 0);
});

describe('whatever happens to tabs and hub, every tab has every event once, in order', () => {
  for (let seed = 1; seed <= 30; seed++) {
    test(`seed ${seed}`, async (t) => {
      const random = dice(seed);
      t.mock.method(Math, 'random', random);
      const pick = (list) => list[Math.floor(random() * list.length)];
      const world = new World(t);
      let number = 0;
      const publish = () => world.hub.publish(pick(['a', 'b', 'c']), String(++number));
      const open = () => world.open(pick([['a'], ['b'], ['a', 'b'], ['c'], ['b', 'c']]));
      const living = () => world.tabs.filter(({ tab }) => !tab.isDead);
      for (let count = 0; count < 4; count++) open();
      await world.pass(3000);
      for (const tab of living()) tab.since = 0;

      for (let turn = 0; turn < 60; turn++) {
        const fate = random();
        if (fate < 0.5) for (let count = random() * 6; count > 0; count--) publish();
        else if (fate < 0.6 && living().length < 7) open();
        else if (fate < 0.7 && living().length > 2) pick(living()).tab.die();
        else if (fate < 0.75 && living().length > 2) {
          const closed = pick(living());
          closed.tab.run(() => closed.source.close());
          closed.tab.die();
        } else if (fate < 0.8) pick(living()).tab.deafen();
        else if (fate < 0.85) pick(living()).tab.hang();
        else if (fate < 0.95) living().forEach(({ tab }) => tab.goOn());
        else world.hub.drop();
        await world.pass(pick([0, 20, 60, 400, 4000]));
      }

      living().forEach(({ tab }) => tab.goOn());
      await world.pass(30_000);
      publish();
      for (const topic of ['a', 'b', 'c']) world.hub.publish(topic, `last ${topic}`);
      await world.pass(2000);
      assert.deepEqual(living().map((tab) => world.fault(tab)).filter(Boolean), []);
      assert.equal([...world.hub.streams].filter(({ tab }) => !tab.isDead).length, 1);
    });
  }
});
