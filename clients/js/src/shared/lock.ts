/**
 * Waits in line for a Web Lock, and takes it from a holder that does not answer.
 * @internal
 */
export class Lock {
  #closed = false;
  #line = new AbortController();
  #release: (() => void) | undefined;

  /** @param hold Told that the lock is held; @param lose that it is not any more. */
  constructor(private readonly name: string, private readonly hold: () => void, private readonly lose: () => void) {
    this.queue();
  }

  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  queue(): void {
    this.#line.abort();
    this.#line = new AbortController();
    this.#closed = false;
    this.#request({ signal: this.#line.signal });
  }

  /** The holder learns of it by its own request's failure, when it can learn at all. */
  steal(): void {
    this.#line.abort();
    this.#request({ steal: true });
  }

  /** Gives the lock up, or the place in the line. */
  release(): void {
    this.#closed = true;
    this.#line.abort();
    this.#release?.();
  }

  #request(options: LockOptions): void {
    let mine: (() => void) | undefined;
    const over = () => {
      if (!mine || this.#release !== mine) return;
      this.#release = undefined;
      this.lose();
      if (!this.#closed) this.queue();
    };
    const held = () => new Promise<void>((resolve) => {
      if (this.#closed) return resolve();
      this.#release = mine = resolve;
      this.hold();
    });
    navigator.locks.request(this.name, options, held).then(over, over);
  }
}

/** Which members' tabs live: each holds a lock of its own as long as it does. @internal */
export async function living(prefix: string): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}
