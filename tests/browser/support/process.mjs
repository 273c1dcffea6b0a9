import { readFileSync } from 'node:fs';

let marks = 0;

/** The process in which a page runs. A mark that the page sets is found in a trace of the whole browser, where each entry names its process. */
export async function processOf(page) {
  const browser = page.context().browser();
  const mark = `siar-page-${++marks}`;
  await browser.startTracing(undefined, { categories: ['blink.user_timing'] });
  await page.evaluate((mark) => performance.mark(mark), mark);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const pid = traceEvents.find(({ name }) => name === mark)?.pid;
  if (!pid) throw new Error('The trace does not tell in which process the page runs.');
  // Nothing else is ever sent a signal.
  if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) throw new Error(`The process ${pid} is no page's.`);
  return pid;
}
