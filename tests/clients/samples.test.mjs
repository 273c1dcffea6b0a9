import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../browser/support/hub.mjs';
import { KeyedHub } from './support/keyed-hub.mjs';

const run = promisify(execFile);

let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), 'siar-samples-'))));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The samples that publish: how to make them ready, and what to run. */
const samples = {
  async php() {
    return ['php', [`${root}samples/HelloTwice/hello.php`]];
  },
  async go() {
    const program = join(folder, 'hello');
    await run('go', ['build', '-o', program, `${root}samples/HelloTwice/hello.go`], {
      env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOCACHE: join(folder, 'cache'), GOPATH: join(folder, 'path') },
    });
    return [program, []];
  },
};

/** Ids and data of all that was said to the hub so far. */
async function said(hub) {
  const page = await fetch(`${hub.url}/events/hello?lastEventId=earliest`, {
    headers: { accept: 'application/json', authorization: `Bearer ${await hub.token('--subscribe', 'hello')}` },
  });
  return (await page.json()).events.map(({ id, data }) => [id, data]);
}

for (const [name, prepare] of Object.entries(samples)) {
  describe(`hello in ${name}`, () => {
    let hub;
    let program;
    let args;
    before(async () => ([program, args] = await prepare()));
    before(async () => (hub = await KeyedHub.start()));
    after(() => hub?.stop());
    const environment = (token, pause) => ({ env: { ...process.env, SIAR_HUB: hub.url, SIAR_TOKEN: token, SIAR_PAUSE: pause } });

    test('is said, and is not said again before the pause is over', async (t) => {
      const saying = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...environment(await hub.token('--publish', 'hello'), '3600') });
      t.after(() => saying.kill());
      const [id] = await once(saying.stdout, 'data');

      assert.deepEqual(await said(hub), [[String(id).trim(), 'Hello']]);
      assert.equal(saying.exitCode, null);
    });

    test('is said twice, after a pause', async () => {
      const before = await said(hub);

      const { stdout } = await run(program, args, environment(await hub.token('--publish', 'hello'), '0'));

      const ids = stdout.trim().split('\n');
      assert.deepEqual((await said(hub)).slice(before.length), [[ids[0], 'Hello'], [ids[1], 'Hello again']]);
    });

    test('is told when its token does not allow it', async () => {
      await assert.rejects(run(program, args, environment(await hub.token('--publish', 'another'), '0')), /he hub answered 403/);
    });
  });
}
