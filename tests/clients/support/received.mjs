import { once, EventEmitter } from 'node:events';

/** What a client has told so far, and a way to wait for more. */
export class Received {
  data = [];
  #opened = 0;
  #changes = new EventEmitter();

  onOpen = () => {
    this.#opened++;
    this.#changes.emit('change');
  };

  onEvent = ({ data }) => {
    this.data.push(data);
    this.#changes.emit('change');
  };

  opened() {
    return this.#until(() => this.#opened > 0);
  }

  async events(count) {
    await this.#until(() => this.data.length >= count);
    return this.data;
  }

  async #until(isDone) {
    const patience = AbortSignal.timeout(60_000);
    while (!isDone()) await once(this.#changes, 'change', { signal: patience });
  }
}
