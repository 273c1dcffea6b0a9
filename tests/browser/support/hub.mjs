import { root, Server } from './server.mjs';

export { root };

/** The folder for what the tests show, such as screenshots. */
export const artifacts = `${root}artifacts/browser/`;

/** A running `siar serve`, on a port that the system chose unless one is given. */
export class Hub extends Server {
  static start({ scheme = 'http', port = 0, args = ['--dev'], env = {} } = {}) {
    return new Hub().run('src/Siar.Tool', 'Siar.Tool/release/siar.dll', ['serve', '--url', `${scheme}://127.0.0.1:${port}`, ...args], env);
  }

  /** Publishes one event; the body goes out as it is. */
  async publish(topic, data, query = {}, headers = {}) {
    const url = new URL(`/events/${topic}`, this.url);
    url.search = new URLSearchParams(query).toString();
    const response = await fetch(url, { method: 'POST', body: data, headers: { 'content-type': 'text/plain', ...headers } });
    if (!response.ok) throw new Error(`Publishing on ${topic} was answered with ${response.status}: ${await response.text()}`);
    return (await response.json()).id;
  }
}
