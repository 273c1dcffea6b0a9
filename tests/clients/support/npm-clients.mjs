import { fetchEventSource as fortaine } from '@fortaine/fetch-event-source';
import { fetchEventSource as microsoft } from '@microsoft/fetch-event-source';
import { fetchEventSource as sentool } from '@sentool/fetch-event-source';
import { EventSourcePlus } from 'event-source-plus';
import polyfill from 'event-source-polyfill';
import EventSource2 from 'eventsource-2';
import { EventSource as EventSource3 } from 'eventsource-3';
import { EventSource as EventSource4 } from 'eventsource-4';
import { EventSource as EventSource5 } from 'eventsource-5';
import { createEventSource } from 'eventsource-client';
import { createParser } from 'eventsource-parser';
import { EventSource as ExtendedEventSource } from 'extended-eventsource';
import launchdarkly from 'launchdarkly-eventsource';
import reconnecting from 'reconnecting-eventsource';
import { EventSource as UndiciEventSource } from 'undici';

// Some are written for browsers, and look whether the page is hidden.
globalThis.window ??= globalThis;
globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };

/** What an EventSource must be asked for by name. */
const types = ['message', 'p', 'siar.live', 'siar.gap', 'siar.closed'];

function listen(source, received) {
  source.onopen = received.onOpen;
  // Without one, a failure would be thrown.
  source.onerror = () => {};
  for (const type of types) source.addEventListener(type, ({ data }) => received.onEvent(type, data));
  return () => source.close();
}

/** For those that hand over every message, whatever its type, and whatever it has for data. */
const byCallback = (fetchEventSource) => (url, received) => {
  const end = new AbortController();
  void fetchEventSource(url, {
    signal: end.signal,
    fetch,
    onopen: async () => received.onOpen(),
    onmessage: ({ event, data }) => received.onEvent(event, data),
    // A stream that ends in order, as each does after an hour, is over to these clients unless one says otherwise.
    onclose: () => {
      throw new Error('The stream has ended: once more.');
    },
  }).catch(() => {});
  return () => end.abort();
};

/** Each client as it is, without a filter; all give back what closes them. */
export const npmClients = {
  'eventsource 2': (url, received) => listen(new EventSource2(url), received),
  'eventsource 3': (url, received) => listen(new EventSource3(url), received),
  'eventsource 4': (url, received) => listen(new EventSource4(url), received),
  'eventsource 5': (url, received) => listen(new EventSource5(url), received),
  'undici 7': (url, received) => listen(new UndiciEventSource(url), received),
  'launchdarkly-eventsource': (url, received) => listen(new launchdarkly.EventSource(url), received),
  'event-source-polyfill': (url, received) => listen(new polyfill.EventSourcePolyfill(url), received),
  'extended-eventsource': (url, received) => listen(new ExtendedEventSource(url, { disableLogger: true }), received),
  'reconnecting-eventsource': (url, received) => listen(new reconnecting(url, { eventSourceClass: EventSource3 }), received),
  '@microsoft/fetch-event-source': byCallback(microsoft),
  '@fortaine/fetch-event-source': byCallback(fortaine),
  '@sentool/fetch-event-source'(url, received) {
    const opened = sentool(url, { method: 'GET', parseJson: false, onopen: received.onOpen, onmessage: ({ event, data }) => received.onEvent(event, data), onerror: () => {} });
    return async () => (await opened)?.abort?.();
  },
  'event-source-plus'(url, received) {
    const controller = new EventSourcePlus(url).listen({ onResponse: received.onOpen, onMessage: ({ event, data }) => received.onEvent(event, data) });
    return () => controller.abort();
  },
  'eventsource-client'(url, received) {
    const source = createEventSource({ url, onConnect: received.onOpen, onMessage: ({ event, data }) => received.onEvent(event, data) });
    return () => source.close();
  },
  'eventsource-parser'(url, received) {
    const end = new AbortController();
    void readOn(url, received, end.signal);
    return () => end.abort();
  },
};

/** The parser has no connections of its own: this is the loop that its users write. */
async function readOn(url, received, signal) {
  let lastEventId = '';
  let wait = 1000;
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { signal, headers: { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) } });
      received.onOpen();
      const parser = createParser({
        onEvent({ id, event, data }) {
          lastEventId = id ?? lastEventId;
          received.onEvent(event, data);
        },
        onRetry: (milliseconds) => (wait = milliseconds),
      });
      const decoder = new TextDecoder();
      for await (const bytes of response.body) parser.feed(decoder.decode(bytes, { stream: true }));
    } catch {
      // Once more.
    }

    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
