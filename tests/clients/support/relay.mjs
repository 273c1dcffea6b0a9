import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Stands between one client and the hub, passes every byte on, and counts the requests and the keep-alives. It outlives the hub. */
export class Relay {
  /** Requests that the client has made. */
  requests = 0;
  /** Comments that the hub has sent on the present connection. */
  comments = 0;
  /** Whether the hub has answered the present request. */
  isAnswered = false;
  #server = createServer((client) => this.#pass(client));
  #port;
  #sockets = new Set();

  static async to(url) {
    const relay = new Relay();
    relay.#port = Number(new URL(url).port);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    relay.url = `http://127.0.0.1:${relay.#server.address().port}`;
    return relay;
  }

  close() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(client) {
    const hub = connect(this.#port, '127.0.0.1');
    for (const [one, other] of [[client, hub], [hub, client]]) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }

    client.on('data', (bytes) => {
      if (!bytes.toString('latin1').startsWith('GET ')) return;
      this.requests++;
      this.comments = 0;
      this.isAnswered = false;
    });
    hub.on('data', (bytes) => {
      this.isAnswered = true;
      // A chunk's length may stand between a comment and the line before.
      this.comments += bytes.toString('latin1').match(/^:/gm)?.length ?? 0;
    });
  }
}
