/** Publishes 1, 2, 3 and so on, one after the other, until it is told to stop. */
export class Flow {
  #going = true;
  #done;
  last = 0;

  constructor(publish, pause = 10) {
    this.#done = (async () => {
      while (this.#going) {
        await publish(String(this.last + 1));
        this.last++;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    })();
  }

  /** Gives the last number. */
  async stop() {
    this.#going = false;
    await this.#done;
    return String(this.last);
  }
}

/** Says what is wrong with numbers that should be the flow's, from `first` or from wherever they begin, each once and in order. */
export function faultOf(numbers, last, first = Number(numbers[0])) {
  const wanted = Array.from({ length: Number(last) - first + 1 }, (_, index) => String(first + index));
  const at = wanted.findIndex((number, index) => numbers[index] !== number);
  if (at < 0 && numbers.length === wanted.length) return undefined;
  const from = Math.max(0, (at < 0 ? wanted.length : at) - 3);
  return `${numbers.length} of ${wanted.length}: from index ${from} on ${numbers.slice(from, from + 10)} where ${wanted.slice(from, from + 10)} should be`;
}
