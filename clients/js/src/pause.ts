import { later } from './time.js';

/** A wait that can be cut short. @internal */
export class Pause {
  #end: (() => void) | undefined;
  #wakes = false;

  /** @param wakes Whether good news cut it short; not when the server asked for it. */
  begin(milliseconds: number, wakes: boolean): Promise<void> {
    this.#wakes = wakes;
    return new Promise((resolve) => {
      const timer = later(() => this.#end?.(), milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
    });
  }

  /** Says whether there was a wait to cut short. */
  wake(): boolean {
    if (!this.#end || !this.#wakes) return false;
    this.#end();
    return true;
  }

  end(): void {
    this.#end?.();
  }
}
