/** What a client has told so far. As most handlers do, it takes the data of every message for JSON. */
export class Received {
  /** Type and number of each message, in order. */
  events = [];
  /** What the handler has thrown. */
  faults = [];
  opened = 0;

  onOpen = () => void this.opened++;

  onEvent = (type, data) => {
    try {
      this.events.push([type || 'message', JSON.parse(data).number]);
    } catch (fault) {
      this.faults.push(`${type}: ${fault.message}`);
      // It is not caught in a page either.
      throw fault;
    }
  };
}

/** Waits until all of it is true, or a minute is over: what is missing then shows in the assertions that follow. */
export async function until(...conditions) {
  const end = Date.now() + 60_000;
  while (Date.now() < end && !conditions.every((isTrue) => isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}
