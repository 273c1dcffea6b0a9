import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A phone's screen. */
export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** Opens a view of the dashboard of a hub; `page.errors` has whatever the page complains of, its policy's violations among it. */
export async function openView(t, browser, url, hash, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  t.after(() => context.close());
  await page.goto(url === 'about:blank' ? url : `${url}/${hash}`);
  return page;
}

/** Waits until the lamp shows a state: live, waiting, refused. */
export const state = (page, name) => page.waitForFunction((n) => document.querySelector('#state').dataset.state === n, name);

/** What axe finds that keeps people out: its serious and critical findings, as sentences. */
export async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`);
}

/** How much wider the page is than the screen, in pixels. */
export const overhang = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
