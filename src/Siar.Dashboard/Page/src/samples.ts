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

/** The samples of the last five minutes, oldest first. */
export class History {
  readonly samples: Sample[] = [];
  #watchers = new Set<(sample: Sample) => void>();

  add(sample: Sample): void {
    // After a restart of the hub, or of this machine's clock, what is told again takes the place of what was there.
    while (this.samples.length > 0 && this.samples.at(-1)!.time >= sample.time) this.samples.pop();
    this.samples.push(sample);
    while (this.samples[0]!.time < sample.time - 300_000) this.samples.shift();
    for (const watcher of this.#watchers) watcher(sample);
  }

  watch(watcher: (sample: Sample) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
