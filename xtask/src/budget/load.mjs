// Measures what opening a page from disk costs the browser:
//
//   node load.mjs TOOLS PAGE
//
// Prints the CPU time of the main thread in whole milliseconds, as the median of seven first loads,
// and the number of requests.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Tab, launch } from '../test/browser/chrome.mjs';

const [tools, file] = process.argv.slice(2).map((path) => resolve(path));
const LOADS = 7;

const browser = await launch(tools);
const times = [];
let requests = 0;
for (let load = 0; load < LOADS; load += 1) {
  // A new context has nothing in its cache.
  const tab = await Tab.open(browser);
  const session = await tab.context.newCDPSession(tab.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taken = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
  const before = await taken();
  await tab.visit(pathToFileURL(file).href);
  // When the second frame is requested, the first one has been drawn.
  await tab.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  times.push((await taken()) - before);
  requests = Math.max(requests, tab.requests.length);
  await tab.close();
}
await browser.close();
times.sort((a, b) => a - b);
console.log(`${Math.ceil(times[(LOADS - 1) / 2] * 1000)} ${requests}`);
