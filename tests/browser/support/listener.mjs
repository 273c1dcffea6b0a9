/** Where code can run in a browser; EventSource is the same in all of them. */
export const places = ['page', 'dedicated worker', 'shared worker'];

/** Runs in the browser. Tells all that an EventSource reports, in order. */
function relay(url, types, tell) {
  const source = new EventSource(url);
  source.onopen = () => tell({ kind: 'open' });
  source.onerror = () => tell({ kind: 'error', closed: source.readyState === EventSource.CLOSED });
  for (const type of types) {
    source.addEventListener(type, ({ data, lastEventId, origin }) => tell({ kind: 'event', type, data, lastEventId, origin }));
  }
  return source;
}

/** Runs in the page. Sets the relay going in one of the places and keeps what it tells in `seen`. */
function begin({ place, url, types, code }) {
  const seen = [];
  const tell = (report) => seen.push(report);
  const script = (body) => URL.createObjectURL(new Blob([`const relay = ${code};\n${body}`], { type: 'text/javascript' }));
  const call = `relay(${JSON.stringify(url)}, ${JSON.stringify(types)},`;
  let source;
  if (place === 'dedicated worker') {
    source = new Worker(script(`${call} report => postMessage(report));`));
    source.onmessage = ({ data }) => tell(data);
  } else if (place === 'shared worker') {
    source = new SharedWorker(script(`onconnect = ({ ports: [port] }) => ${call} report => port.postMessage(report));`));
    source.port.onmessage = ({ data }) => tell(data);
  } else {
    source = new Function('tell', `return (${code})(${JSON.stringify(url)}, ${JSON.stringify(types)}, tell);`)(tell);
  }
  // A worker that nothing refers to may be collected.
  globalThis.listeners = [...(globalThis.listeners ?? []), { seen, source }];
  return globalThis.listeners.length - 1;
}

/** What an EventSource in the browser has reported so far. */
export class Listener {
  #page;
  #index;

  static async start(page, hub, path, { place = 'page', types = ['message'] } = {}) {
    const listener = new Listener();
    listener.#page = page;
    listener.#index = await page.evaluate(begin, { place, url: hub.url + path, types, code: relay.toString() });
    return listener;
  }

  seen() {
    return this.#page.evaluate((index) => globalThis.listeners[index].seen, this.#index);
  }

  async events() {
    return (await this.seen()).filter((report) => report.kind === 'event');
  }

  /** Waits for this many reports of a kind, and gives all reports. */
  async until(kind, count = 1) {
    const enough = ({ index, kind, count }) => globalThis.listeners[index].seen.filter((report) => report.kind === kind).length >= count;
    await this.#page.waitForFunction(enough, { index: this.#index, kind, count }, { polling: 50 });
    return this.seen();
  }

  /** Ends an EventSource in the page. */
  close() {
    return this.#page.evaluate((index) => globalThis.listeners[index].source.close(), this.#index);
  }
}
