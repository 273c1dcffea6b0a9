// One of the hub's streams, read as lines of JSON by fetch: unlike an EventSource that can show a token, and is told why it was refused.
import { authorization, token } from './token';

export interface HubEvent {
  id: string;
  topics: string[];
  type?: string;
  data: string;
  time: string;
}

export interface GapSignal {
  signal: 'gap';
  requested: string | null;
  oldest: string;
  reason: string;
}

export type StreamState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'waiting'; seconds: number; why: string }
  | { kind: 'refused'; status: number; sentence: string };

export interface StreamHandlers {
  event: (event: HubEvent) => void;
  gap?: (gap: GapSignal) => void;
  state?: (state: StreamState) => void;
}

// The hub says something every 15 seconds: after three times that the connection is dead, whatever the network says.
const patience = 45_000;
const longestWait = 15_000;

// A reader that asks is told where it is, also while nothing happens, and when to come back.
function withSignals(url: string): string {
  const asked = new URL(url, location.href);
  asked.searchParams.set('signals', 'on');
  return asked.href;
}

class Refusal extends Error {
  constructor(readonly status: number, sentence: string) {
    super(sentence);
  }
}

export class HubStream {
  #abort = new AbortController();
  #cursor: string | null;
  #retry: number | null = null;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(readonly url: string, readonly handlers: StreamHandlers, from: string | null = null, readonly bearer: () => string | null = token) {
    this.#cursor = from;
    void this.#run();
  }

  close(): void {
    this.#abort.abort();
  }

  /** Tries again at once, where it waits. */
  hurry(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      let why = 'The hub ended the stream.';
      try {
        await this.#read();
      } catch (failure) {
        if (this.#abort.signal.aborted) return;
        if (failure instanceof Refusal && failure.status < 500 && failure.status !== 429) {
          this.#tell({ kind: 'refused', status: failure.status, sentence: failure.message });
          return;
        }
        this.#failures++;
        why = failure instanceof Refusal ? failure.message : 'The hub cannot be reached.';
      }
      await this.#wait(why);
    }
  }

  async #read(): Promise<void> {
    this.#tell({ kind: 'connecting' });
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    this.#abort.signal.addEventListener('abort', stop);
    let watchdog = setTimeout(stop, patience);
    try {
      const headers: Record<string, string> = { accept: 'application/x-ndjson', ...authorization(this.bearer()) };
      if (this.#cursor) headers['last-event-id'] = this.#cursor;
      const response = await fetch(withSignals(this.url), { headers, signal: attempt.signal, cache: 'no-store' });
      if (!response.ok || !response.body) throw new Refusal(response.status, (await response.text()).trim() || `Status ${response.status}.`);
      this.#tell({ kind: 'live' });
      this.#failures = 0;
      let rest = '';
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, patience);
        const lines = (rest + value).split('\n');
        rest = lines.pop()!;
        for (const line of lines) if (line) this.#take(JSON.parse(line));
      }
    } finally {
      clearTimeout(watchdog);
      this.#abort.signal.removeEventListener('abort', stop);
      attempt.abort();
    }
  }

  #take(line: HubEvent | GapSignal | { signal: string; id?: string; milliseconds?: number }): void {
    if (this.#abort.signal.aborted) return;
    if ('id' in line && line.id) this.#cursor = line.id;
    if (!('signal' in line)) this.handlers.event(line);
    else if (line.signal === 'gap') this.handlers.gap?.(line as GapSignal);
    else if (line.signal === 'retry' && 'milliseconds' in line) this.#retry = line.milliseconds ?? null;
  }

  async #wait(why: string): Promise<void> {
    // Full jitter: after a restart not everybody comes at once.
    const most = this.#retry ?? Math.min(longestWait, 1000 * 1.7 ** this.#failures);
    const wait = this.#retry ?? most * (0.4 + 0.6 * Math.random());
    this.#retry = null;
    let until = Date.now() + wait;
    for (let left = wait; left > 0 && !this.#abort.signal.aborted; left = until - Date.now()) {
      this.#tell({ kind: 'waiting', seconds: Math.ceil(left / 1000), why });
      await new Promise<void>((resolve) => {
        setTimeout(resolve, Math.min(left, 1000));
        this.#wake = () => {
          until = 0;
          resolve();
        };
      });
    }
    this.#wake = null;
  }

  #tell(state: StreamState): void {
    if (!this.#abort.signal.aborted) this.handlers.state?.(state);
  }
}
