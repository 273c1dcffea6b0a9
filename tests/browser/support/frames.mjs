import { once } from 'node:events';
import { connect } from 'node:tls';

const types = { data: 0, headers: 1, rstStream: 3, settings: 4, goAway: 7 };

const frame = (type, flags, stream, payload = Buffer.alloc(0)) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** RFC 7541: `:method` and `:scheme https` by their index, `:path` and `:authority` as literals of an indexed name. */
const headerBlock = (method, path, authority) => {
  const literal = (index, text) => Buffer.concat([Buffer.from([index, text.length]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([method === 'GET' ? 0x82 : 0x83, 0x87]), literal(4, path), literal(1, authority)]);
};

/** A client of HTTP/2 that does not heed how many streams the server allows. */
export class RudeClient {
  answered = new Set();
  refused = new Map();
  goneAway = false;
  dataBytes = 0;
  #next = 1;
  #rest = Buffer.alloc(0);

  static async connect(t, hub) {
    const client = new RudeClient();
    client.hub = hub;
    client.socket = connect({ host: '127.0.0.1', port: hub.port, ALPNProtocols: ['h2'], rejectUnauthorized: false });
    t.after(() => client.socket.destroy());
    client.socket.on('data', (data) => client.#take(data));
    await once(client.socket, 'secureConnect');
    client.socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(types.settings, 0, 0)]));
    return client;
  }

  open(path) {
    const stream = this.#next;
    this.#next += 2;
    // END_STREAM and END_HEADERS.
    this.socket.write(frame(types.headers, 5, stream, headerBlock('GET', path, `127.0.0.1:${this.hub.port}`)));
    return stream;
  }

  /** Says whether it was answered. */
  async publish(path, data) {
    const stream = this.#next;
    this.#next += 2;
    this.socket.write(frame(types.headers, 4, stream, headerBlock('POST', path, `127.0.0.1:${this.hub.port}`)));
    this.socket.write(frame(types.data, 1, stream, Buffer.from(data)));
    await this.until(() => this.answered.has(stream));
    return true;
  }

  /** Waits for what the server sends. */
  async until(enough) {
    while (!enough()) await once(this.socket, 'data');
  }

  #take(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (;;) {
      const length = this.#rest.length < 9 ? Infinity : this.#rest.readUIntBE(0, 3) + 9;
      if (this.#rest.length < length) return;
      const type = this.#rest[3];
      const stream = this.#rest.readUInt32BE(5) & 0x7fffffff;
      if (type === types.headers) this.answered.add(stream);
      if (type === types.data) this.dataBytes += length - 9;
      if (type === types.rstStream) this.refused.set(stream, this.#rest.readUInt32BE(9));
      if (type === types.goAway) this.goneAway = true;
      if (type === types.settings && !(this.#rest[4] & 1)) this.socket.write(frame(types.settings, 1, 0));
      this.#rest = this.#rest.subarray(length);
    }
  }
}
