// Opens the pages of a rendered site in headless Chromium and holds them to what a reader needs:
//
//   node browser.mjs TOOLS SITE
//
// TOOLS holds node_modules with playwright-core and axe-core; SITE is what `cargo xtask site` wrote.
// It prints one line a check in the manner of Rust's test runner. The last check is the control: a
// page with planted faults, each of which must be found, or nothing above proves anything.
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, site] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(tools, 'node_modules', 'index.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const THEMES = ['light', 'dark'];
const WIDTHS = [1280, 390];
const NARROWEST = 320;
const SMALLEST_CHART_TEXT = 11;

// Every page of its own kind, every group, and a case of each group: the others differ by numbers.
function chosen() {
  const groups = readdirSync(join(site, 'group')).filter((name) => name.endsWith('.html')).sort();
  const cases = groups.map((name) => {
    const folder = join('case', name.slice(0, -'.html'.length));
    const pages = readdirSync(join(site, folder), { recursive: true }).filter((page) => page.endsWith('.html'));
    return join(folder, pages.sort()[0]);
  });
  return ['index.html', 'about.html', '404.html', ...groups.map((name) => `group/${name}`), ...cases];
}

async function open(browser, options, url) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const noise = [];
  page.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
  page.on('pageerror', (error) => noise.push(String(error)));
  page.on('request', (request) => request.url().startsWith('file:') || noise.push(`asks for ${request.url()}`));
  await page.goto(url);
  return { context, page, noise };
}

// What is wrong with a page at one theme and width.
async function faults(browser, url, theme, width) {
  const { context, page, noise } = await open(browser, { colorScheme: theme, viewport: { width, height: 900 } }, url);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ preload: false }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);
  const small = await page.evaluate((limit) => {
    const texts = [...document.querySelectorAll('svg text')];
    const size = (text) => parseFloat(getComputedStyle(text).fontSize) * (text.getCTM()?.d ?? 1);
    return texts.filter((text) => size(text) < limit).map((text) => `chart text below ${limit} px: ${text.textContent}`);
  }, SMALLEST_CHART_TEXT);
  await context.close();
  return [...found, ...small.slice(0, 3), ...noise];
}

// How far a page reaches past a narrow phone, in pixels.
async function overflow(browser, url) {
  const { context, page } = await open(browser, { viewport: { width: NARROWEST, height: 700 } }, url);
  const pixels = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await context.close();
  return pixels > 0 ? [`${pixels} px wider than ${NARROWEST} px`] : [];
}

const PLANTED = `<!doctype html><html lang="en"><head><title>planted</title></head><body><main><h1>Planted</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:#bbb;background:#fff">pale</p>
<svg width="60" height="20"><text y="9" font-size="7">tiny</text></svg><div style="width:900px">wide</div><img alt="elsewhere" src="http://127.0.0.1:9/elsewhere.png">
<script>console.error('planted noise')</script></main></body></html>`;

async function control(browser) {
  const url = `data:text/html,${encodeURIComponent(PLANTED)}`;
  const found = [...(await faults(browser, url, 'light', 390)), ...(await overflow(browser, url))].join('\n');
  const wanted = ['image-alt', 'color-contrast', 'chart text below', 'planted noise', 'px wider than', 'asks for http'];
  return wanted.filter((fault) => !found.includes(fault)).map((fault) => `did not find ${fault}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
let passed = 0;
let failed = 0;
async function check(name, run) {
  const found = await run();
  found.length === 0 ? passed++ : failed++;
  console.log(`test ${name} ... ${found.length === 0 ? 'ok' : 'FAILED'}`);
  found.forEach((fault) => console.log(`    ${fault}`));
}
for (const path of chosen()) {
  const url = pathToFileURL(join(site, path)).href;
  await check(`${path} can be read by everybody in both themes on desktop and phone`, async () => {
    const found = [];
    for (const theme of THEMES) {
      for (const width of WIDTHS) {
        found.push(...(await faults(browser, url, theme, width)).map((fault) => `${theme} ${width}: ${fault}`));
      }
    }
    return found;
  });
  await check(`${path} fits a narrow phone`, () => overflow(browser, url));
}
await check('the planted faults are found', () => control(browser));
await browser.close();
const verdict = failed === 0 ? 'ok' : 'FAILED';
console.log(`\ntest result: ${verdict}. ${passed} passed; ${failed} failed; 0 ignored; 0 measured; 0 filtered out`);
process.exit(failed === 0 ? 0 : 1);
