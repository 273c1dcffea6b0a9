import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../browser/support/hub.mjs';
import { KeyedHub } from './support/keyed-hub.mjs';

const run = promisify(execFile);

let hub;
let folder;
before(async () => {
  hub = await KeyedHub.start();
  folder = mkdtempSync(join(tmpdir(), 'siar-samples-'));
});
after(async () => {
  await hub?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The samples that publish: how to make them ready, and what to run. */
const samples = {
  async php() {
    return ['php', [`${root}samples/Php/publish.php`]];
  },
  async go() {
    const program = join(folder, 'publish');
    await run('go', ['build', '-o', program, `${root}samples/Go/publish.go`], {
      env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOCACHE: join(folder, 'cache'), GOPATH: join(folder, 'path') },
    });
    return [program, []];
  },
};

for (const [name, prepare] of Object.entries(samples)) {
  describe(`the sample in ${name}`, () => {
    test('publishes with a token, and is told when the token does not allow it', async () => {
      const [program, args] = await prepare();
      const publish = (topic, data, token) => run(program, [...args, topic, data], { env: { ...process.env, SIAR_HUB: hub.url, SIAR_TOKEN: token } });
      const token = await hub.token('--publish', `from-${name}`);

      const { stdout } = await publish(`from-${name}`, 'žluťoučký "kůň"\nend', token);

      const page = await fetch(`${hub.url}/events?topic=from-${name}&lastEventId=earliest`, {
        headers: { accept: 'application/json', authorization: `Bearer ${await hub.token('--subscribe', '*')}` },
      });
      const { events } = await page.json();
      assert.deepEqual(events.map(({ id, data }) => [id, data]), [[stdout.trim(), 'žluťoučký "kůň"\nend']]);
      await assert.rejects(publish('another', 'x', token), /The hub answered 403|the hub answered 403/);
    });
  });
}
