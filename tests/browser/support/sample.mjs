import { Server } from './server.mjs';

/** A running sample, on a port that the system chose unless one is given. */
export class Sample extends Server {
  static start(name, { port = 0, args = [] } = {}) {
    return new Sample().run(`samples/${name}`, `${name}/release/${name}.dll`, ['--urls', `http://127.0.0.1:${port}`, ...args]);
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
