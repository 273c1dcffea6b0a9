/** A `fetch` of a test's own: what is asked of it waits until the test answers it. No time passes here but the test's. */
export class Network {
  requests = [];
  #asked = [];

  fetch = (url, init) =>
    new Promise((resolve, reject) => {
      const request = new Exchange(String(url), init, resolve);
      init.signal?.addEventListener('abort', () => reject(init.signal.reason));
      this.requests.push(request);
      this.#asked.shift()?.();
    });

  #taken = 0;

  /** The next request, when there is one. */
  async next() {
    while (this.requests.length === this.#taken) await new Promise((resolve) => this.#asked.push(resolve));
    return this.requests[this.#taken++];
  }

  get waiting() {
    return this.requests.length - this.#taken;
  }
}

class Exchange {
  #body;

  constructor(url, init, resolve) {
    this.url = new URL(url);
    this.method = init.method ?? 'GET';
    this.headers = Object.fromEntries(init.headers);
    this.body = init.body;
    this.signal = init.signal;
    this.answer = resolve;
  }

  /** Answers with the beginning of a stream, which goes on with `send`, `end` and `fail`. */
  stream(text = '', { status = 200, type = 'text/event-stream', headers = {} } = {}) {
    this.answer(new Response(new ReadableStream({ start: (body) => (this.#body = body) }), { status, headers: { 'content-type': type, ...headers } }));
    if (text) this.send(text);
    return this;
  }

  send(text) {
    this.sendBytes(new TextEncoder().encode(text));
  }

  sendBytes(bytes) {
    this.#body.enqueue(bytes);
  }

  end() {
    this.#body.close();
  }

  fail() {
    this.#body.error(new TypeError('The connection was reset.'));
  }

  refuse(status, headers = {}, body = '') {
    this.answer(new Response(status === 204 ? null : body, { status, headers }));
  }

  page(page, headers = {}) {
    this.answer(Response.json(page, { headers }));
  }
}

/** Lets everything run that waits for nothing. */
export const settle = async (turns = 20) => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};
