import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Hub, root } from '../../browser/support/hub.mjs';

const run = promisify(execFile);

/** What `siar serve` is given, and `siar token` signs with. */
const key = 'a secret of these tests alone, of enough bytes';
const program = `${root}artifacts/bin/Siar.Tool/release/siar.dll`;

/** A hub with keys that keeps its log in a file, so that it can be killed and started again where it was. */
export class KeyedHub {
  #folder = mkdtempSync(join(tmpdir(), 'siar-clients-'));
  #hub;

  /** @param environment More settings. */
  constructor(environment) {
    this.environment = environment;
  }

  static async start(environment = {}) {
    const keyed = new KeyedHub(environment);
    await keyed.#start(0);
    return keyed;
  }

  get url() {
    return this.#hub.url;
  }

  /** Makes a token for this hub with `siar token`. */
  async token(...args) {
    const { stdout } = await run('dotnet', [program, 'token', '--quiet', '--key', key, ...args], { env: { ...process.env, SIAR_HUB: this.url } });
    return stdout.trim();
  }

  /** Publishes a value as JSON. */
  async publish(topic, value, type = '', isPrivate = false) {
    this.publisher ??= await this.token('--publish', '*');
    const query = new URLSearchParams({ ...(type && { type }), ...(isPrivate && { private: 'true' }) });
    const response = await fetch(`${this.url}/events/${topic}?${query}`, {
      method: 'POST',
      body: JSON.stringify(value),
      headers: { authorization: `Bearer ${this.publisher}` },
    });
    if (!response.ok) throw new Error(`Publishing was answered with ${response.status}: ${await response.text()}`);
  }

  kill() {
    return this.#hub.kill();
  }

  /** Starts it again at the same address, with the same log. */
  restart() {
    return this.#start(this.#hub.port);
  }

  async stop() {
    await this.#hub.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(port) {
    this.#hub = await Hub.start({
      port,
      args: ['--store', `sqlite:${join(this.#folder, 'siar.db')}`],
      env: { SIAR_KEYS_PUBLISHER: key, SIAR_KEYS_SUBSCRIBER: key, ...this.environment },
    });
  }
}
