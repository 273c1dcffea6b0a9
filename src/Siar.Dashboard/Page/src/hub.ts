// What all views share: the figures' stream, what the hub is, and where it can be reached.
import { History, type About, type Sample } from './samples';
import { HubStream, type StreamState } from './stream';
import { address, authorization, onToken } from './token';

export class Hub {
  readonly history = new History();
  about: About | null = null;
  state: StreamState = { kind: 'connecting' };
  #stream: HubStream | null = null;
  #watchers = new Set<() => void>();

  start(): void {
    this.#connect();
    onToken(() => {
      // What one token may do says nothing of another.
      this.about = null;
      this.#connect();
    });
  }

  /** Calls back when the state or what is known of the hub changes; what is returned ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The full address of a topic's events in the plain API; null where the application has not mapped it. */
  eventsAddress(topic: string): string | null {
    return this.about?.events ? `${location.origin}${this.about.events}/${topic.split('/').map(encodeURIComponent).join('/')}` : null;
  }

  async end(connection: number): Promise<string | null> {
    try {
      const response = await fetch(address(`live/connections/${connection}`), { method: 'DELETE', headers: authorization() });
      return response.ok ? null : (await response.text()).trim();
    } catch {
      return 'The hub cannot be reached.';
    }
  }

  hurry(): void {
    this.#stream?.hurry();
  }

  #connect(): void {
    this.#stream?.close();
    this.#stream = new HubStream(address('live/statistics'), {
      event: (event) => this.history.add(JSON.parse(event.data) as Sample),
      state: (state) => {
        this.state = state;
        if (state.kind === 'live') void this.#ask();
        this.#changed();
      },
    }, 'earliest');
  }

  async #ask(): Promise<void> {
    const response = await fetch(address('live/about'), { headers: authorization() }).catch(() => null);
    if (response?.ok) this.about = (await response.json()) as About;
    this.#changed();
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
