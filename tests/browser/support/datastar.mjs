// Makes samples/Datastar/wwwroot/datastar.js of the npm package: node tests/browser/support/datastar.mjs
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { root } from './hub.mjs';

const { build } = createRequire(`${root}clients/js/`)('esbuild');

/** Where it stands. */
export const place = `${root}samples/Datastar/wwwroot/datastar.js`;

/** The package as one file, which is how Datastar is loaded. */
export async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: `${root}tests/browser`,
    entryPoints: ['@starfederation/datastar/bundles/datastar'],
    banner: { js: '// Datastar 1.0.0-beta.11: see datastar.LICENSE.txt.' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(place, await bundle());
