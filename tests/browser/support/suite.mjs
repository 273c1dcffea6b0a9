import { after, before } from 'node:test';
import { Hub } from './hub.mjs';
import { launch, openPage } from './browser.mjs';

/** One hub and one browser for the tests of a file, ended after them. */
export function suite(options) {
  const shared = {};
  before(async () => {
    shared.hub = await Hub.start(options);
    shared.browser = await launch();
  });
  after(async () => {
    await shared.browser?.close();
    await shared.hub?.stop();
  });
  /** Opens a page for one test. */
  shared.page = async (test) => {
    const page = await openPage(shared.browser, shared.hub);
    test.after(() => page.close());
    return page;
  };
  return shared;
}

let topics = 0;

/** A topic that no other test uses. */
export const freshTopic = () => `topic-${process.pid}-${++topics}`;
