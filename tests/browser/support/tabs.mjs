import { installClient, Source } from './client.mjs';

/** Tabs of one browser that read together. */
export class Tabs {
  all = [];
  #count = 0;

  constructor(browser, hub, path, options = {}) {
    this.hub = hub;
    this.path = path;
    this.options = { shared: true, stealAfter: 400, ...options };
    this.context = browser.newContext();
  }

  async open({ path = this.path, options = this.options } = {}) {
    const page = await (await this.context).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${this.hub.url}/health/live`);
    await installClient(page);
    const name = `tab ${++this.#count}`;
    // A lock of its own tells which tab holds the others'.
    await page.evaluate((name) => new Promise((held) => void navigator.locks.request(name, () => new Promise(held))), name);
    const tab = { name, page, source: await Source.start(page, path, options) };
    this.all.push(tab);
    return tab;
  }

  /** The tab that leads, when there is one that is not `but`. */
  async leader(but) {
    for (;;) {
      const asked = this.all.find((tab) => tab !== but);
      const name = await asked.page.evaluate(async () => {
        const { held } = await navigator.locks.query();
        const group = held.find(({ name }) => name.startsWith('siar ') && name.endsWith(']'));
        return group && held.find(({ name, clientId }) => name.startsWith('tab ') && clientId === group.clientId)?.name;
      });
      const tab = this.all.find((tab) => tab.name === name);
      if (tab && tab !== but) return tab;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  drop(tab) {
    this.all.splice(this.all.indexOf(tab), 1);
  }

  async close() {
    await (await this.context).close();
  }
}

/** Streams that the hub counts. */
export async function subscribers(hub) {
  const text = await (await fetch(`${hub.url}/metrics`)).text();
  return Number(/^siar_subscribers(?:\{.*?\})? (\d+)/m.exec(text)?.[1] ?? 0);
}

/** Waits until the hub has noticed what was closed. */
export async function untilSubscribers(hub, count) {
  while ((await subscribers(hub)) !== count) await new Promise((resolve) => setTimeout(resolve, 20));
}
