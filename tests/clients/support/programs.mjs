import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../programs/', import.meta.url));

/** Where Debian puts the sources of Go libraries. */
const debiansGo = '/usr/share/gocode';

/** Readers in other languages: a program each that prints a line of JSON for each message, with its type and its data. */
export class Programs {
  #made = mkdtempSync(join(tmpdir(), 'siar-readers-'));

  /** What runs each of them; compiled ones are compiled now. */
  async prepare() {
    const go = join(this.#made, 'reader');
    await run('go', ['build', '-o', go, join(folder, 'reader.go')], {
      env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOCACHE: join(this.#made, 'cache'), GOPATH: debiansGo },
    });
    return {
      'Go, donovanhide/eventsource': [go],
      'PHP, a loop around fgets': ['php', join(folder, 'reader.php')],
      'Python, urllib': ['python3', join(folder, 'reader.py')],
    };
  }

  remove() {
    rmSync(this.#made, { recursive: true, force: true });
  }
}

/** Starts a reader; gives back what ends it. */
export const openProgram = ([program, ...args]) => (url, received) => {
  const process = spawn(program, [...args, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: process.stdout }).on('line', (line) => {
    const { open, type, data } = JSON.parse(line);
    try {
      if (open) received.onOpen();
      else received.onEvent(type, data);
    } catch {
      // It is among the faults. Another process cannot be thrown at.
    }
  });
  return () => process.kill();
};
