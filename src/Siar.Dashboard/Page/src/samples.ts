// What the hub tells of itself.

export interface Sample {
  time: number;
  connections: number;
  behind: number;
  publishes: number;
  deliveries: number;
  bytes: number;
  latencyMedian: number | null;
  latencyHigh: number | null;
  gaps: number;
  refusals: Record<string, number>;
  ended: Record<string, number>;
  memory: number;
  heap: number;
  window: number;
  processors: number;
  head: number;
}

export interface Connection {
  number: number;
  name: string | null;
  address: string | null;
  matchers: string[];
  moreMatchers: number;
  since: number;
  events: number;
  bytes: number;
  lag: number;
  state: 'live' | 'catching-up' | 'not-reading' | 'waiting';
}

export interface Connections {
  time: number;
  total: number;
  connections: Connection[];
}

export interface TopicFigures {
  topic: string;
  rate: number;
  events: number;
  subscribers: number;
  oldest: number | null;
  newest: number;
}

export interface Topics {
  time: number;
  known: number;
  topics: TopicFigures[];
}

export interface About {
  version: string;
  development: boolean;
  events: string | null;
  demo: string | null;
  store: 'memory' | 'durable';
  mayEnd: boolean;
}

/** A sample, with what has happened since the one before. */
export interface Moment extends Sample {
  newGaps: number;
  newRefusals: number;
}

export const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, count) => all + count, 0);

/** What a counter of the hub's went up by; after a restart of the hub it began again with nothing. */
const rise = (before: number, now: number): number => (now < before ? now : now - before);

/** The samples of the last five minutes, oldest first. */
export class History {
  readonly samples: Moment[] = [];
  #watchers = new Set<() => void>();

  add(sample: Sample): void {
    // After a restart of the hub, or of this machine's clock, what is told again takes the place of what was there.
    while (this.samples.length > 0 && this.samples.at(-1)!.time >= sample.time) this.samples.pop();
    const before = this.samples.at(-1);
    this.samples.push({
      ...sample,
      newGaps: before ? rise(before.gaps, sample.gaps) : 0,
      newRefusals: before ? rise(sum(before.refusals), sum(sample.refusals)) : 0,
    });
    while (this.samples[0]!.time < sample.time - 300_000) this.samples.shift();
    for (const watcher of this.#watchers) watcher();
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
