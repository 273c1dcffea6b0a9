import { readFileSync } from 'node:fs';
import { root } from './hub.mjs';

/** The npm package as one module. */
const code = readFileSync(`${root}clients/js/build/siar.js`, 'utf8');

/** Runs in the page. Makes the package there as `globalThis.siar`, at an address that workers can import too. */
async function install(code) {
  globalThis.siarAddress = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  globalThis.siar = await import(globalThis.siarAddress);
}

/** Puts the package into a page. */
export const installClient = (page) => page.evaluate(install, code);

/** Runs in a page or a worker. Tells all that a source reports, in order. */
function relay({ SiarEventSource }, url, options, types, tell) {
  const source = new SiarEventSource(url, options);
  source.onopen = () => tell({ kind: 'open' });
  source.onerror = ({ error }) => tell({ kind: 'error', closed: source.readyState === 2, status: error?.status, message: error?.message });
  for (const type of types) source.addEventListener(type, ({ data, lastEventId }) => tell({ kind: 'event', type, data, id: lastEventId }));
  return source;
}

/** Runs in the page. Sets a relay going in one of the places. */
function begin({ place, url, options, types, code, journal }) {
  const seen = [];
  const tell = (report) => {
    seen.push(report);
    if (journal && report.kind === 'event') sessionStorage.setItem(journal, `${sessionStorage.getItem(journal) ?? ''} ${report.data}`);
  };
  const script = (how) => URL.createObjectURL(new Blob([
    `import * as siar from ${JSON.stringify(globalThis.siarAddress)};\nconst relay = ${code};\n${how(`relay(siar, ${JSON.stringify(url)}, ${JSON.stringify(options)}, ${JSON.stringify(types)},`)}`,
  ], { type: 'text/javascript' }));
  let source;
  if (place === 'dedicated worker') {
    source = new Worker(script((call) => `${call} (report) => postMessage(report));`), { type: 'module' });
    source.onmessage = ({ data }) => tell(data);
  } else if (place === 'shared worker') {
    const wait = 'const ports = []; const kept = []; onconnect = ({ ports: [port] }) => { ports.push(port); kept.forEach((report) => port.postMessage(report)); };';
    source = new SharedWorker(script((call) => `${wait} ${call} (report) => { kept.push(report); ports.forEach((port) => port.postMessage(report)); });`), { type: 'module' });
    source.port.onmessage = ({ data }) => tell(data);
  } else {
    source = new Function(`return ${code}`)()(globalThis.siar, url, options, types, tell);
  }

  globalThis.sources = [...(globalThis.sources ?? []), { seen, source }];
  return globalThis.sources.length - 1;
}

/** A `SiarEventSource` in a browser, and what it has reported. */
export class Source {
  #page;
  #index;

  /** @param more `journal` keeps the data of all events in the session's storage, which outlives a reload. */
  static async start(page, path, options = {}, { place = 'page', types = ['message', 'siar.gap'], journal } = {}) {
    const source = new Source();
    source.#page = page;
    const url = new URL(path, page.url()).href;
    source.#index = await page.evaluate(begin, { place, url, options, types, code: relay.toString(), journal });
    return source;
  }

  seen() {
    return this.#page.evaluate((index) => globalThis.sources[index].seen, this.#index);
  }

  /** The data of all events so far. */
  async data() {
    return (await this.seen()).filter(({ kind }) => kind === 'event').map(({ data }) => data);
  }

  /** Waits for this many reports of a kind, and gives all reports. */
  async until(kind, count = 1) {
    await this.#poll(({ index, kind, count }) => globalThis.sources[index].seen.filter((report) => report.kind === kind).length >= count, { kind, count });
    return this.seen();
  }

  /** Waits for an event with this data. */
  untilData(data) {
    return this.#poll(({ index, data }) => globalThis.sources[index].seen.some((report) => report.data === data), { data });
  }

  // From here: browsers slow down the timers of hidden pages. In the end it fails, for a suite that hangs says nothing.
  async #poll(is, about) {
    for (let turn = 0; turn < 1200; turn++) {
      if (await this.#page.evaluate(is, { index: this.#index, ...about })) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`Waiting for ${JSON.stringify(about)} is in vain; the last of what came: ${JSON.stringify((await this.seen()).slice(-5))}`);
  }

  close() {
    return this.#page.evaluate((index) => globalThis.sources[index].source.close(), this.#index);
  }
}
