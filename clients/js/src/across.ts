/**
 * How a place is told across origins. A header that a script sets needs the server's leave, asked for in a preflight, which a browser's own
 * `EventSource` never asks; and a script is not told whether it was refused or the server is gone. So two failures cast doubt on the header. In doubt
 * the place goes into the query first; if that is answered, the server is there, and the header is tried once more. Only if it fails then is it given up.
 * @internal
 */
export class Across {
  #failures = 0;
  #isGivenUp = false;

  /** Asks with the header, or with the query. */
  async ask(byHeader: () => Promise<Response>, byQuery: () => Promise<Response>, signal: AbortSignal): Promise<Response> {
    const answered = this.#failures > 1 ? await byQuery() : undefined;
    if (answered && this.#isGivenUp) return answered;
    try {
      const response = await byHeader();
      void answered?.body?.cancel().catch(() => {});
      this.#failures = 0;
      return response;
    } catch (thrown) {
      // What was cut short here says nothing about the server.
      if (signal.aborted) throw thrown;
      this.#isGivenUp = !!answered;
      if (answered) return answered;
      throw ++this.#failures < 2 ? thrown : doubtful(thrown);
    }
  }
}

const doubtful = (thrown: unknown) => {
  const message = thrown instanceof Error ? thrown.message : thrown;
  return new Error(`${message}: the server cannot be reached, or does not allow the header Last-Event-ID across origins. The place is told in the query from now on, as lastEventId, if that helps.`, { cause: thrown });
};
