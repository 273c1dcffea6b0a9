import { chromium } from 'playwright-core';

/** Starts the Chromium that the machine has. */
export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.SIAR_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more,
    ],
  });
}

/** Opens an empty page of the hub's own origin: a page of another origin would be refused, as it should be. */
export async function openPage(browser, hub) {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${hub.url}/health/live`);
  return page;
}
