// Opens rendered sites in headless Chromium and checks what readers need:
//
//   node main.mjs TOOLS SITE SYNTHETIC
//
// TOOLS contains node_modules with playwright-core and axe-core. SITE is the output of
// `cargo xtask site`. SYNTHETIC contains the sites that the site tests write: `lively`, which has
// every kind of change, and sites with hostile names. Prints one line per check, in the format of
// Rust's test runner. Every check also runs on a planted fault, and fails if it does not find it.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { BEHAVIOURS } from './behaviour.mjs';
import { Tab, launch, required } from './chrome.mjs';
import { palette } from './palette.mjs';
import { printable, same, still, whole } from './plain.mjs';
import { PLANTED, WANTED } from './planted.mjs';
import { NARROWEST, accessible, large, named, overflowing, quiet } from './reading.mjs';
import { Site, serve } from './site.mjs';

const [tools, recorded, synthetic] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(required(tools).resolve('axe-core/axe.min.js'), 'utf8');
const THEMES = ['light', 'dark'];
const WIDTHS = [1280, 390];
// The themes differ only in colours, so in the second one only these rules can find more.
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

let passed = 0;
let failed = 0;
async function check(name, run) {
  const faults = await run().catch((error) => [String(error)]);
  faults.length === 0 ? passed++ : failed++;
  console.log(`test ${name} ... ${faults.length === 0 ? 'ok' : 'FAILED'}`);
  faults.slice(0, 12).forEach((fault) => console.log(`    ${fault}`));
}

// A copy that a check may change.
function copy(from, name) {
  const folder = join(tools, 'sites', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(from, folder, { recursive: true });
  return new Site(folder);
}

const missing = (found, wanted) => wanted.filter((part) => !found.join('\n').includes(part)).map((part) => `did not find: ${part}`);

const browser = await launch(tools);
const scripted = await Tab.open(browser, { reducedMotion: 'reduce' });
const plain = await Tab.open(browser, { javaScriptEnabled: false });
const site = new Site(recorded);
const lively = copy(join(synthetic, 'lively'), 'lively');
const root = (one) => `${pathToFileURL(one.folder).href}/`;

// All reading checks of a page, in both themes, on desktop and phone.
async function readable(site, path) {
  const faults = [];
  const page = await scripted.visit(site.url(path));
  faults.push(...(await quiet(scripted, root(site))));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      const found = [...(await accessible(page, axe, theme === THEMES[0] ? [] : COLOUR_RULES)), ...(await large(page)), ...(await named(page))];
      faults.push(...found.map((fault) => `${theme} ${width}: ${fault}`));
    }
  }
  await page.setViewportSize({ width: NARROWEST, height: 900 });
  faults.push(...(await overflowing(page)));
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}

async function unscripted(site, path) {
  const page = await scripted.visit(site.url(path));
  const without = await plain.visit(site.url(path));
  return [...(await whole(without)), ...(await same(page, without)), ...(await printable(page)), ...(await still(page))];
}

for (const [one, paths] of [[site, site.sample()], [lively, lively.kinds()]]) {
  for (const path of paths) await check(`${path} is accessible`, () => readable(one, path));
}
for (const one of [site, lively]) {
  for (const path of one.kinds()) await check(`${path} is complete without script, in print and without motion`, () => unscripted(one, path));
}
for (const name of readdirSync(synthetic).filter((name) => name.startsWith('hostile-'))) {
  const hostile = new Site(join(synthetic, name));
  await check(`names of ${name} are harmless`, async () => {
    const faults = [];
    for (const path of hostile.pages()) {
      const page = await scripted.visit(hostile.url(path));
      await page.setViewportSize({ width: NARROWEST, height: 900 });
      faults.push(...[...(await quiet(scripted, root(hostile))), ...(await overflowing(page))].map((fault) => `${path}: ${fault}`));
    }
    await scripted.page.setViewportSize({ width: 1280, height: 900 });
    return faults;
  });
}
for (const theme of THEMES) {
  await check(`the colours of the ${theme} theme are readable and distinct`, async () => {
    const page = await scripted.visit(lively.url('index.html'));
    await page.emulateMedia({ colorScheme: theme });
    const faults = await palette(page);
    await page.emulateMedia({ colorScheme: 'light' });
    return faults;
  });
}

// Script and style that every page loads, in compressed bytes.
const MOST_BYTES = 12 * 1024;
const heavy = (texts) => {
  const bytes = texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
  return bytes > MOST_BYTES ? [`${bytes} bytes of script and style`] : [];
};
await check('script and style stay small', async () => heavy([site.text('site.js'), site.text('style.css')]));

const served = await serve(lively);
await check('pages load over HTTP without errors', async () => {
  const faults = [];
  for (const path of lively.kinds()) {
    await scripted.visit(served.root + path);
    faults.push(...(await quiet(scripted, served.root)));
  }
  return faults;
});
for (const { name, run } of BEHAVIOURS) {
  await check(`${name}, from disk`, () => run(scripted, root(lively), lively));
  await check(`${name}, over HTTP`, () => run(scripted, served.root, lively));
}
served.close();

// The controls: planted faults that the checks must find.
const planted = copy(join(synthetic, 'lively'), 'planted');
for (const [path, html] of Object.entries(PLANTED)) writeFileSync(join(planted.folder, path), html);
const open = (path) => scripted.visit(planted.url(path));
await check('planted reading faults are found', async () => {
  const page = await open('reading.html');
  const found = { accessible: await accessible(page, axe), large: await large(page), named: await named(page), overflowing: await overflowing(page) };
  return Object.entries(found).flatMap(([judge, faults]) => missing(faults, WANTED[judge]));
});
await check('planted errors and requests are found', async () => {
  await open('noise.html');
  const faults = missing(await quiet(scripted, root(planted)), WANTED.quiet);
  await open('policy.html');
  return [...faults, ...missing(await quiet(scripted, root(planted)), WANTED.policy)];
});
await check('content that needs script or screen is found', async () => {
  const page = await open('plain.html');
  const without = await plain.visit(planted.url('plain.html'));
  const found = { whole: await whole(without), same: await same(page, without), printable: await printable(page), still: await still(page) };
  return Object.entries(found).flatMap(([judge, faults]) => missing(faults, WANTED[judge]));
});
await check('a large script is found', async () => missing(heavy([Array.from({ length: 40_000 }, (_, index) => index * index).join()]), ['bytes of script']));
await check('pale and similar colours are found', async () => {
  const page = await open('index.html');
  await page.evaluate(() => document.documentElement.style.setProperty('--more', '#c08a40'));
  await page.evaluate(() => document.documentElement.style.setProperty('--second', '#c08a40'));
  return missing(await palette(page), WANTED.palette);
});
for (const { name, run, fault, page } of BEHAVIOURS) {
  await check(`the check "${name}" finds a planted fault`, async () => {
    const broken = await serve(lively, fault ? { 'site.js': fault } : { 'index.html': page });
    const faults = await run(scripted, broken.root, lively).catch((error) => [String(error)]);
    broken.close();
    if (!broken.changed) return ['the planted fault is no longer in the script'];
    return faults.length > 0 ? [] : ['the planted fault was not found'];
  });
}

await browser.close();
console.log(`\ntest result: ${failed === 0 ? 'ok' : 'FAILED'}. ${passed} passed; ${failed} failed; 0 ignored; 0 measured; 0 filtered out`);
process.exit(failed === 0 ? 0 : 1);
