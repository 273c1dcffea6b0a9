import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from './support/hub.mjs';

const room = `${root}src/Siar.Dashboard/`;

async function contents(folder) {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])));
}

test('the dashboard’s files are what its source makes', async (t) => {
  const built = await mkdtemp(join(tmpdir(), 'siar-dashboard-'));
  t.after(() => rm(built, { recursive: true }));
  await promisify(execFile)('npm', ['run', 'build', '--prefix', `${room}Page`], { env: { ...process.env, SIAR_DASHBOARD_OUT: built } });
  const [expected, found] = [await contents(built), await contents(`${room}Files`)];
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [name, text] of Object.entries(expected)) {
    assert.ok(found[name] === text, `src/Siar.Dashboard/Files/${name} is not what is built from Page: run 'npm run build' in src/Siar.Dashboard/Page.`);
  }
});
