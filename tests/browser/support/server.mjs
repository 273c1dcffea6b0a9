import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A program of this repository that serves, and says on its output where. */
export class Server {
  #process;
  #output = '';

  /** Starts it; comes when it has said its address. `project` is the folder of which the program is made. */
  async run(project, program, args, env = {}) {
    const path = `${root}artifacts/bin/${program}`;
    if (!existsSync(path)) throw new Error(`${path} is not there: run ./test, or build ${project} in Release.`);
    this.#process = spawn('dotnet', [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.url = await this.#address(project);
    return this;
  }

  get port() {
    return Number(new URL(this.url).port);
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

  #address(project) {
    return new Promise((resolve, reject) => {
      const read = (chunk) => {
        this.#output += chunk;
        const address = /https?:\/\/127\.0\.0\.1:[1-9]\d*/.exec(this.#output);
        if (address) resolve(address[0]);
      };
      this.#process.stdout.on('data', read);
      this.#process.stderr.on('data', read);
      this.#process.on('exit', (code) => reject(new Error(`${project} ended with ${code}:\n${this.#output}`)));
    });
  }
}
