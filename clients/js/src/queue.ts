import type { SiarError } from './error.js';

/** What waits for a `for await`. @internal */
export class Queue {
  readonly events: MessageEvent<string>[] = [];
  error: SiarError | undefined;
  #wakes: (() => void)[] = [];
  #drains: (() => void)[] = [];

  put(event: MessageEvent<string>): void {
    this.events.push(event);
    this.wake();
  }

  fail(error?: SiarError): void {
    this.error = error;
    this.wake();
  }

  wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  filled(): Promise<void> {
    return new Promise((resolve) => void this.#wakes.push(resolve));
  }

  drained(): void {
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  drain(): Promise<void> {
    return new Promise((resolve) => void this.#drains.push(resolve));
  }
}
