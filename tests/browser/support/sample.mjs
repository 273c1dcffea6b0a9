import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { root } from './hub.mjs';

/** A running sample, on a port that the system chose unless one is given. */
export class Sample {
  #process;

  static async start(name, { port = 0, args = [] } = {}) {
    const program = `${root}artifacts/bin/${name}/release/${name}.dll`;
    if (!existsSync(program)) throw new Error(`${program} is not there: run ./test, or build samples/${name} in Release.`);
    const sample = new Sample();
    sample.#process = spawn('dotnet', [program, '--urls', `http://127.0.0.1:${port}`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    sample.url = await sample.#address(name);
    return sample;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Ends the process as a crash would. */
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

  #address(name) {
    return new Promise((resolve, reject) => {
      let output = '';
      const read = (chunk) => {
        output += chunk;
        const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(output);
        if (address) resolve(address[0]);
      };
      this.#process.stdout.on('data', read);
      this.#process.stderr.on('data', read);
      this.#process.on('exit', (code) => reject(new Error(`The sample ${name} ended with ${code}:\n${output}`)));
    });
  }
}

/** Opens the sample's page, and says of it what a person would not see: errors of its scripts. */
export async function openSample(t, browser, sample) {
  const page = await browser.newPage();
  t.after(() => page.close());
  page.setDefaultTimeout(60_000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(sample.url);
  return { page, errors };
}
