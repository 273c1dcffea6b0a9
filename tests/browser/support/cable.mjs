import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A cable between browser and hub that can be cut while the hub runs on. */
export class Cable {
  #server = createServer();
  #sockets = new Set();

  static async to(hub) {
    const cable = new Cable();
    cable.#server.on('connection', (near) => {
      const far = connect(hub.port, '127.0.0.1');
      for (const [one, other] of [[near, far], [far, near]]) {
        cable.#sockets.add(one);
        one.pipe(other);
        // A reset is what a cut cable looks like: nothing to report.
        one.on('error', () => other.destroy());
        one.on('close', () => cable.#sockets.delete(one) && other.destroy());
      }
    });
    await cable.mend(0);
    cable.port = cable.#server.address().port;
    cable.url = `http://127.0.0.1:${cable.port}`;
    return cable;
  }

  /** Ends all connections and lets no new one in. */
  async cut() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async mend(port = this.port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }
}
