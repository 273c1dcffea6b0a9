// A list that the hub tells anew every second, while its view is open.
import { HubStream, type StreamState } from '../stream';
import { address, onToken } from '../token';

/** What stands in a view's place until the hub has told something. */
export function waitingText(state: StreamState): string {
  if (state.kind === 'refused') return state.sentence;
  return state.kind === 'waiting' ? `${state.why} Trying again…` : 'Asking the hub…';
}

/** Reads the newest state of a topic of the hub's own; what is returned ends that. */
export function feed<T>(name: 'topics' | 'connections', told: (value: T) => void, state: (state: StreamState) => void): () => void {
  let stream: HubStream | null = null;
  const open = () => {
    stream?.close();
    stream = new HubStream(address(`live/${name}`), { event: (event) => told(JSON.parse(event.data) as T), state });
  };
  open();
  const stop = onToken(open);
  return () => {
    stop();
    stream?.close();
  };
}
