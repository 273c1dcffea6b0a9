import { later } from '../time.js';

/**
 * Notices that a leader says nothing any more. The followers ask, and the leader does not tell by itself: browsers slow down the timers of
 * hidden tabs, but not their answers.
 * @internal
 */
export class Pulse {
  #heard = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param patience A leader that says nothing is asked after so long, and thought dead when it does not answer for as long again. */
  constructor(private readonly patience: number, private readonly ask: () => void, private readonly dead: () => void) {
    this.#listen();
  }

  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  // Spread, so that one asks and the others hear the answer.
  #listen(): void {
    const { patience } = this;
    this.#heard = false;
    this.#after(patience * (1 + Math.random() / 2), () => {
      if (this.#heard) return this.#listen();
      this.ask();
      const due = Date.now() + patience;
      this.#after(patience * (1 + Math.random() / 4), () => {
        // A tab that was frozen itself has not read the answer yet.
        if (!this.#heard && Date.now() - due < patience) this.dead();
        this.#listen();
      });
    });
  }

  #after(milliseconds: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = later(act, milliseconds);
  }
}
