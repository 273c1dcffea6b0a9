import { readFileSync } from 'node:fs';

let marks = 0;

/** The process in which a page runs. A mark that the page sets is found in a trace of the whole browser, where each entry names its process. */
export async function processOf(page) {
  // On a busy machine a trace may end before the page's mark is in it.
  for (let attempt = 1; attempt <= 10; attempt++) {
    const pid = await findProcessOf(page);
    if (!pid) continue;
    // Nothing else is ever sent a signal.
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) throw new Error(`The process ${pid} is no page's.`);
    return pid;
  }
  throw new Error('The trace does not tell in which process the page runs.');
}

async function findProcessOf(page) {
  const browser = page.context().browser();
  const mark = `siar-page-${++marks}`;
  await browser.startTracing(undefined, { categories: ['blink.user_timing'] });
  await page.evaluate((mark) => performance.mark(mark), mark);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  return traceEvents.find(({ name }) => name === mark)?.pid;
}
