import { mock } from 'node:test';
import { SiarEventSource } from '../../dist/index.js';
import { Network, settle } from './network.mjs';

/** A source on a network and a clock that the test drives; `random` is what jitter draws. */
export function begin(t, options = {}, { random = 0, url = 'https://hub.example/events/prices' } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const draw = mock.method(Math, 'random', () => random);
  const network = new Network();
  const source = new SiarEventSource(url, { fetch: network.fetch, ...options });
  const seen = [];
  for (const type of ['open', 'message', 'price', 'error', 'siar.live', 'siar.gap']) {
    source.addEventListener(type, (event) => seen.push(event.data === undefined ? `${type} ${source.readyState}` : `${type} ${event.data} ${event.lastEventId}`));
  }

  t.after(() => {
    source.close();
    mock.timers.reset();
    draw.mock.restore();
  });
  return { source, network, seen, failure: new Promise((resolve) => source.addEventListener('error', resolve)) };
}

/** Lets time pass in small steps, so that what one timer sets off can set another. */
export async function pass(milliseconds, step = 50) {
  await settle();
  for (let passed = 0; passed < milliseconds; passed += step) {
    mock.timers.tick(Math.min(step, milliseconds - passed));
    await settle(3);
  }
}

/** Lets the global object be a page's, as far as events go. */
export function stand(page) {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible', baseURI: 'https://page.example/' });
  Object.assign(globalThis, { document, addEventListener: page.addEventListener.bind(page), removeEventListener: page.removeEventListener.bind(page) });
  return () => {
    for (const name of ['document', 'addEventListener', 'removeEventListener']) delete globalThis[name];
  };
}
