import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../build/', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

const zipped = (file) => gzipSync(readFileSync(folder + file), { level: 9 }).length;
const sum = (files) => files.reduce((bytes, file) => bytes + zipped(file), 0);

test('what a page loads is as large as the README says, and at most 6.8 KB', () => {
  const all = readdirSync(`${folder}chunks`).map((file) => `chunks/${file}`);
  const [later, ...rare] = ['member', 'publishing', 'across', 'redirects'].map((name) => all.filter((file) => file.startsWith(`chunks/${name}-`)));
  const first = sum(all.filter((file) => ![later, ...rare].flat().includes(file)));
  const kilobytes = (bytes) => (Math.ceil(bytes / 100) / 10).toFixed(1);
  assert.ok(first <= 6800, `It is ${first} bytes.`);
  assert.deepEqual([later, ...rare].map(({ length }) => length), [1, 1, 1, 1]);
  assert.match(readme, new RegExp(`${kilobytes(first)} KB`));
  assert.match(readme, new RegExp(`${kilobytes(sum(later))} KB`));
  assert.match(readme, new RegExp(`${kilobytes(sum(rare[0]))} KB`));
  assert.match(readme, new RegExp(`${kilobytes(zipped('siar.js'))} KB`));
});

test('who only publishes does not carry the rest', async () => {
  const { outputFiles } = await build({
    stdin: { contents: "export { publish } from './dist/index.js';", resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true, minify: true, format: 'esm', write: false,
  });
  assert.ok(gzipSync(outputFiles[0].contents).length < 2400, `It is ${gzipSync(outputFiles[0].contents).length} bytes.`);
});

test('it depends on nothing', () => {
  const { dependencies, sideEffects } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  assert.deepEqual([dependencies, sideEffects], [undefined, false]);
});
