import { currentTab } from './model.mjs';

/** A hub as far as its readers of JSON see it. Positions are ids. */
export class ModelHub {
  log = [];
  streams = new Set();
  closed = new Set();
  pages = 0;
  isDown = false;
  /** The most topics of a request, and how more are refused. */
  most = [Infinity, 0];

  fetch = async (url, { headers, signal }) => {
    if (this.isDown) throw new TypeError('The hub is down.');
    const { searchParams: query } = new URL(url);
    const topics = query.getAll('topic');
    if (topics.some((topic) => topic.startsWith('secret'))) return new Response('Not for you.', { status: 403 });
    if (topics.length > this.most[0]) return new Response('Too long.', { status: this.most[1] });
    const cursor = headers.get('last-event-id') ? Number(headers.get('last-event-id')) : this.log.length;
    if (headers.get('accept') === 'application/json') return this.#page(cursor, topics);
    return this.#stream(cursor, topics, signal);
  };

  publish(topic, data) {
    const event = { id: String(this.log.length + 1), topics: [topic], data, time: 't' };
    this.log.push(event);
    for (const stream of this.streams) if (stream.topics.has(topic)) stream.write(event);
  }

  /** The closing is an entry of the log, as it is in the hub's. */
  close(topic) {
    this.closed.add(topic);
    const closing = { signal: 'closed', topic, id: String(this.log.length + 1) };
    this.log.push({ ...closing, topics: [topic] });
    for (const stream of this.streams) if (stream.topics.has(topic)) stream.write(closing);
  }

  drop() {
    for (const stream of this.streams) stream.fail();
  }

  #after = (cursor, topics) => this.log.slice(cursor).filter((event) => event.topics.some((topic) => topics.includes(topic)));

  #page(cursor, topics) {
    this.pages++;
    const events = this.#after(cursor, topics).filter(({ signal }) => !signal).slice(0, 5);
    const closed = topics.filter((topic) => this.closed.has(topic));
    return Response.json({ events, cursor: events.length === 5 ? events[4].id : String(this.log.length), closed });
  }

  #stream(cursor, topics, signal) {
    const tab = currentTab();
    const stream = { topics: new Set(topics), tab };
    const body = new ReadableStream({
      start: (to) => {
        const end = (how) => this.streams.delete(stream) && how();
        stream.write = (value) => (stream.tab?.isDead ? this.streams.delete(stream) : to.enqueue(new TextEncoder().encode(`${JSON.stringify(value)}\n`)));
        stream.fail = () => end(() => to.error(new TypeError('The connection was reset.')));
        signal.addEventListener('abort', () => end(() => to.error(signal.reason)));
        this.streams.add(stream);
        for (const { topics: about, ...event } of this.#after(cursor, topics)) stream.write(event.signal ? event : { ...event, topics: about });
        stream.write({ signal: 'live', id: String(this.log.length) });
      },
    });
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
  }
}
