import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './support/browser.mjs';
import { barriers, openView, overhang, phone } from './support/dashboard.mjs';
import { artifacts } from './support/hub.mjs';
import { Sample } from './support/sample.mjs';
import { batch, readLog } from './support/shop-count.mjs';

let browser;
let folder;
before(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'siar-board-'));
  await mkdir(artifacts, { recursive: true });
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the sample, on a port that the system chose unless one is given. */
async function start(t, log, { port = 0, speed = 300 } = {}) {
  const board = await Sample.start('Analytics', { port, args: ['--log', log, '--speed', String(speed)] });
  t.after(() => board.kill());
  return board;
}

// Runs in the page: tells everything that it ever shows, as it stands after each change.
function watch() {
  const text = (id) => document.getElementById(id).textContent;
  const tell = () => {
    const lines = /([\d,]+) lines/.exec(text('time'));
    if (!lines) return;
    globalThis.shown({
      lines: Number(lines[1].replaceAll(',', '')),
      visitors: text('visitors'), orders: text('orders'), revenue: text('revenue'), hour: text('hour'), errors: text('errors'),
      pages: [...document.querySelectorAll('#pages li')].map((row) => [...row.children].map((c) => c.textContent).join(' ')),
      minutes: document.getElementById('minutes').dataset.minutes,
      map: [...document.querySelectorAll('#map td span')].map((c) => Number(c.textContent)),
    });
  };
  document.addEventListener('DOMContentLoaded', () => new MutationObserver(tell).observe(document.querySelector('#time'), { childList: true }));
}

const connection = (page, name) => page.waitForFunction((n) => document.getElementById('state').dataset.state === n, name);

test('whatever the board shows is what a count of the log says, over a reload and over a kill under the eyes of the viewer', async (t) => {
  const log = join(folder, 'access.log');
  const first = await start(t, log);
  const page = await openView(t, browser, 'about:blank', '', { locale: 'en-US' });
  const shown = [];
  await page.exposeFunction('shown', (figures) => shown.push(figures));
  await page.addInitScript(watch);
  const more = async (count) => {
    const [from, newest] = [shown.length, shown.at(-1)?.lines ?? 0];
    while (shown.length < from + count || shown.at(-1).lines <= newest) await page.waitForTimeout(50);
  };

  await page.goto(first.url);
  await more(4);
  const beforeReload = shown.at(-1).lines;
  await page.reload();
  await page.waitForFunction(() => document.getElementById('visitors').textContent !== '–');
  await more(4);
  assert.ok(shown.at(-1).lines > beforeReload);

  await first.kill();
  await connection(page, 'reconnecting');
  const atKill = shown.at(-1).lines;
  assert.notEqual(await page.locator('#visitors').textContent(), '–');
  await page.screenshot({ path: `${artifacts}analytics-reconnecting.png` });
  const second = await start(t, log, { port: first.port });
  await connection(page, 'live');
  await more(4);
  await page.reload();
  await more(2);
  await second.kill();

  assert.ok(shown.at(-1).lines > atKill);
  assert.deepEqual(shown.map((s) => s.lines), shown.map((s) => s.lines).sort((a, b) => a - b), 'the board went back in time');
  const lines = readLog(log);
  for (const { lines: count, ...figures } of new Map(shown.map((s) => [s.lines, s])).values()) assert.deepEqual(figures, batch(lines, count), `at line ${count}`);
  assert.deepEqual(page.errors.filter((e) => !/Failed to load|ERR_|EventSource/.test(e)), []);
});

test('the board has no barrier in light, in dark and on a phone, and nothing there is wider than the screen', async (t) => {
  const board = await start(t, join(folder, 'looks.log'), { speed: 60 });
  for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', { ...phone, colorScheme: 'dark' }]]) {
    const page = await openView(t, browser, board.url, '', options);
    await page.locator('#map td').first().waitFor();
    assert.deepEqual(await barriers(page), [], name);
    assert.ok(await overhang(page) <= 0, `${name} is wider than the screen`);
    await page.screenshot({ path: `${artifacts}analytics-${name}.png`, fullPage: true });
    assert.deepEqual(page.errors, []);
  }
  if (process.env.SIAR_PICTURES) await copyFile(`${artifacts}analytics-light.png`, `${root}docs/analytics.png`);
});
