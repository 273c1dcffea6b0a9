// Builds the package into dist/, and into build/ what a bundler makes of it: its size is measured there, and browsers are tested with it.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
process.chdir(here);
for (const folder of ['dist', 'build']) rmSync(folder, { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], { stdio: 'inherit' });
const settings = { absWorkingDir: here, entryPoints: { siar: 'dist/index.js' }, bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'warning' };
// As an application loads it, in chunks, and as one file.
await build({ ...settings, splitting: true, outdir: 'build/chunks' });
await build({ ...settings, outdir: 'build' });
