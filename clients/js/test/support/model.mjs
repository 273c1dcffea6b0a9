import { AsyncLocalStorage } from 'node:async_hooks';
import { settle } from './network.mjs';

const where = new AsyncLocalStorage();

/** A browser's tabs, clock, locks and channels, in one process and in the test's hands. Everything that a tab does is done in its name. */
export class Browser {
  now = 1_000_000;
  #timers = new Map();
  #timer = 0;
  #locks = new Map();
  #channels = new Set();
  #saved = {};

  constructor(t) {
    const browser = this;
    const schedule = (act, wait, every) => {
      const id = ++this.#timer;
      this.#timers.set(id, { act, tab: where.getStore(), at: this.now + Math.max(1, wait ?? 1), every });
      return id;
    };
    class Channel {
      constructor(name) {
        Object.assign(this, { name, tab: where.getStore() });
        browser.#channels.add(this);
      }

      postMessage(data) {
        if (this.isClosed) throw new DOMException('The channel is closed.', 'InvalidStateError');
        if (this.tab.isDead) return;
        const copy = structuredClone(data);
        for (const other of browser.#channels) if (other !== this && other.name === this.name) other.tab.hear(() => other.onmessage?.({ data: copy }));
      }

      close() {
        this.isClosed = true;
        browser.#channels.delete(this);
      }
    }

    const globals = {
      setTimeout: (act, wait) => schedule(act, wait), clearTimeout: (id) => this.#timers.delete(id),
      setInterval: (act, wait) => schedule(act, wait, wait), clearInterval: (id) => this.#timers.delete(id),
      BroadcastChannel: Channel,
      navigator: { locks: { request: (...asked) => this.#request(...asked), query: () => new Promise((resolve) => where.getStore().do(() => resolve({ held: this.#held() }))) } },
    };
    for (const name of Object.keys(globals)) {
      this.#saved[name] = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value: globals[name], configurable: true, writable: true });
    }

    this.#saved.document = undefined;
    Object.defineProperty(globalThis, 'document', { get: () => where.getStore()?.document, configurable: true });
    const realNow = Date.now;
    Date.now = () => this.now;
    t.after(() => {
      Date.now = realNow;
      for (const [name, saved] of Object.entries(this.#saved)) saved ? Object.defineProperty(globalThis, name, saved) : delete globalThis[name];
    });
  }

  tab() {
    return new Tab(this);
  }

  async pass(milliseconds, step = 20) {
    for (let passed = 0; passed < milliseconds; passed += step) {
      this.now += step;
      for (const [id, timer] of [...this.#timers]) {
        if (timer.at > this.now || !this.#timers.has(id)) continue;
        if (timer.every) timer.at += timer.every;
        else this.#timers.delete(id);
        if (timer.tab) timer.tab.do(timer.act);
        else timer.act();
      }
      await settle(4);
    }
  }

  #held() {
    return [...this.#locks].flatMap(([name, [first]]) => (first?.isHeld ? [{ name }] : []));
  }

  #request(name, ...more) {
    const hold = more.pop();
    const { signal, steal } = more[0] ?? {};
    const tab = where.getStore();
    const line = this.#locks.get(name) ?? [];
    this.#locks.set(name, line);
    return new Promise((resolve, reject) => {
      const request = { tab, hold, isHeld: false, resolve: (value) => tab.do(() => resolve(value)), reject: (error) => tab.do(() => reject(error)) };
      if (steal) {
        const [first] = line;
        if (first?.isHeld) line.shift().reject(new DOMException('stolen', 'AbortError'));
        line.unshift(request);
      } else {
        line.push(request);
      }

      signal?.addEventListener('abort', () => {
        if (request.isHeld || !line.includes(request)) return;
        line.splice(line.indexOf(request), 1);
        request.reject(signal.reason);
      });
      this.#grant(line);
    });
  }

  #grant(line) {
    const [first] = line;
    if (!first || first.isHeld) return;
    first.isHeld = true;
    first.tab.do(() => Promise.resolve(first.hold({})).then((value) => {
      if (line[0] !== first) return;
      line.shift();
      first.resolve(value);
      this.#grant(line);
    }));
  }

  /** @param leave What a browser does when a tab is gone. */
  bury(tab) {
    for (const channel of this.#channels) if (channel.tab === tab) this.#channels.delete(channel);
    for (const [id, timer] of this.#timers) if (timer.tab === tab) this.#timers.delete(id);
    for (const line of this.#locks.values()) {
      const kept = line.filter((request) => request.tab !== tab);
      line.splice(0, line.length, ...kept);
      this.#grant(line);
    }
  }
}

/** One tab. What happens to it while it hangs, happens when it goes on. */
class Tab {
  isDead = false;
  document = Object.assign(new EventTarget(), { visibilityState: 'visible', baseURI: 'https://hub.example/' });
  #isHung = false;
  #waiting = [];
  #isDeaf = false;
  #unheard = [];

  constructor(browser) {
    this.browser = browser;
  }

  /** Runs it in this tab, as a task of its own. */
  do(act) {
    if (this.isDead) return;
    if (this.#isHung) this.#waiting.push(act);
    else setImmediate(() => (this.isDead ? undefined : this.#isHung ? this.#waiting.push(act) : where.run(this, act)));
  }

  /** A message for this tab. */
  hear(act) {
    if (this.#isDeaf) this.#unheard.push(act);
    else this.do(act);
  }

  run(act) {
    return where.run(this, act);
  }

  hang() {
    this.#isHung = true;
  }

  /** As a browser does it: the page is told before. */
  async freeze() {
    this.run(() => this.document.dispatchEvent(new Event('freeze')));
    await settle();
    this.hang();
  }

  thaw() {
    this.goOn();
    this.do(() => this.document.dispatchEvent(new Event('resume')));
  }

  /** Messages are late, and nothing else. */
  deafen() {
    this.#isDeaf = true;
  }

  goOn() {
    this.#isHung = this.#isDeaf = false;
    for (const act of [...this.#waiting.splice(0), ...this.#unheard.splice(0)]) this.do(act);
  }

  die() {
    this.isDead = true;
    this.browser.bury(this);
  }
}

export const currentTab = () => where.getStore();
