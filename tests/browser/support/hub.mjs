import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = `${root}artifacts/bin/Siar.Tool/release/siar.dll`;

/** The folder for what the tests show, such as screenshots. */
export const artifacts = `${root}artifacts/browser/`;

/** A running `siar serve`, on a port that the system chose unless one is given. */
export class Hub {
  #process;
  #output = '';

  static async start({ scheme = 'http', port = 0, args = ['--dev'], env = {} } = {}) {
    if (!existsSync(program)) throw new Error(`${program} is not there: run ./test, or build src/Siar.Tool in Release.`);
    const hub = new Hub();
    hub.#process = spawn('dotnet', [program, 'serve', '--url', `${scheme}://127.0.0.1:${port}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    hub.url = await hub.#address();
    return hub;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Publishes one event; the body goes out as it is. */
  async publish(topic, data, query = {}, headers = {}) {
    const url = new URL(`/events/${topic}`, this.url);
    url.search = new URLSearchParams(query).toString();
    const response = await fetch(url, { method: 'POST', body: data, headers: { 'content-type': 'text/plain', ...headers } });
    if (!response.ok) throw new Error(`Publishing on ${topic} was answered with ${response.status}: ${await response.text()}`);
    return (await response.json()).id;
  }

  /** Ends the process as a crash would: it can say nothing to anyone. */
  kill() {
    return this.#end('SIGKILL');
  }

  stop() {
    return this.#end('SIGTERM');
  }

  async #end(signal) {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exit;
  }

  #address() {
    return new Promise((resolve, reject) => {
      const read = (chunk) => {
        this.#output += chunk;
        const address = /https?:\/\/127\.0\.0\.1:[1-9]\d*/.exec(this.#output);
        if (address) resolve(address[0]);
      };
      this.#process.stdout.on('data', read);
      this.#process.stderr.on('data', read);
      this.#process.on('exit', (code) => reject(new Error(`siar serve ended with ${code}:\n${this.#output}`)));
    });
  }
}
