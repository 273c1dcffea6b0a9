import net from 'node:net';

const readers = {
  'prices/eur-usd': 14, 'prices/gbp-usd': 9, 'orders/porto': 6, 'orders/berlin': 5, 'chat/lobby': 11, 'devices/pump-7': 3, 'builds/1841': 2, '?topic=*': 1,
  '?pattern=/devices/:name': 2,
};

const events = [
  ['prices/eur-usd', 6, (i) => JSON.stringify({ bid: +(1.07 + 0.002 * Math.sin(i / 9)).toFixed(5), ask: +(1.0702 + 0.002 * Math.sin(i / 9)).toFixed(5) })],
  ['prices/gbp-usd', 4, (i) => JSON.stringify({ bid: +(1.27 + 0.003 * Math.sin(i / 13)).toFixed(5) })],
  ['chat/lobby', 2, (i) => JSON.stringify({ from: ['Ana', 'Rui', 'Eva'][i % 3], text: ['Bom dia!', 'Is the new build out?', 'In a minute.'][i % 3] })],
  ['orders/porto', 1, (i) => `<order id="${1000 + i}"><item sku="L-${i % 40}">Lamp</item><total>${(12 + (i % 90)).toFixed(2)}</total></order>`],
  ['orders/berlin', 1, (i) => `<order id="${5000 + i}"><item sku="C-${i % 25}">Chair</item><total>${(49 + (i % 200)).toFixed(2)}</total></order>`],
  ['devices/pump-7', 1, (i) => JSON.stringify({ celsius: +(61 + 3 * Math.sin(i / 20)).toFixed(1), running: true })],
  ['builds/1841', 1, (i) => `step ${i % 40} of 40`],
];
const plan = events.flatMap(([topic, weight, data]) => Array.from({ length: weight }, () => [topic, data]));

/** What a small business does with a hub, made up: readers and publishers, until it is stopped. */
export class Traffic {
  #reading = new AbortController();
  #published = 0;
  #timer;
  #stalled = [];

  /** Opens the readers; resolves when each of them is being served. */
  static async start(hub, headers = {}) {
    const traffic = new Traffic();
    const open = Object.entries(readers).flatMap(([topic, count]) => Array.from({ length: count }, async () => {
      const response = await fetch(`${hub.url}/events${topic.startsWith('?') ? '' : '/'}${topic}`, { headers, signal: traffic.#reading.signal });
      if (!response.ok) throw new Error(`A reader of ${topic} was answered with ${response.status}.`);
      response.text().catch(() => {});
    }));
    await Promise.all(open);
    const began = Date.now();
    traffic.#timer = setInterval(() => {
      // It comes and goes like waves.
      const wave = 1 + 5 * Math.sin((Date.now() - began) / 14_000) ** 2;
      for (let i = 0; i < wave; i++) traffic.#publish(hub, headers);
    }, 50);
    return traffic;
  }

  /** How many readers there are. */
  static get readers() {
    return Object.values(readers).reduce((sum, count) => sum + count, 0);
  }

  /** Adds one that asks for a topic and then reads nothing of what comes. */
  async stall(hub, topic) {
    const socket = net.connect(hub.port, '127.0.0.1');
    this.#stalled.push(socket);
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(`GET /events/${topic} HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
  }

  stop() {
    clearInterval(this.#timer);
    this.#reading.abort();
    for (const socket of this.#stalled) socket.destroy();
  }

  #publish(hub, headers) {
    const i = this.#published++;
    const [topic, data] = plan[(i * 7) % plan.length];
    hub.publish(topic, data(i), topic.startsWith('orders') ? { type: 'order' } : {}, headers).catch(() => {});
  }
}
