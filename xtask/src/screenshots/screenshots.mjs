// Takes screenshots of every kind of page:
//
//   node screenshots.mjs TOOLS SITE OUT
//
// One per page, theme and width, and an index.html that shows them side by side.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Tab, launch } from '../test/browser/chrome.mjs';
import { Site } from '../test/browser/site.mjs';

const [tools, folder, out] = process.argv.slice(2).map((path) => resolve(path));
const THEMES = ['light', 'dark'];
const WIDTHS = [1280, 390];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const site = new Site(folder);
const browser = await launch(tools);
const screenshots = [];
for (const width of WIDTHS) {
  const tab = await Tab.open(browser, { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  for (const path of site.kinds()) {
    const page = await tab.visit(site.url(path));
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      const name = `${path.replace(/\.html$/, '').replace(/\W+/g, '-')}-${theme}-${width}.png`;
      await page.screenshot({ path: join(out, name), fullPage: true });
      screenshots.push({ path, theme, width, name });
    }
  }
  await tab.close();
}
await browser.close();

const figure = ({ theme, width, name }) => `<figure><figcaption>${theme}, ${width} px</figcaption><a href="${name}"><img src="${name}" alt="${name}" width="${width === 1280 ? 560 : 260}"></a></figure>`;
const row = (path) => `<h2>${path}</h2><div>${screenshots.filter((screenshot) => screenshot.path === path).map(figure).join('')}</div>`;
writeFileSync(
  join(out, 'index.html'),
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title><style>body{font:15px system-ui;margin:24px;background:#ddd}div{display:flex;flex-wrap:wrap;gap:20px;align-items:start}figure{margin:0}</style><h1>Every kind of page</h1>${site.kinds().map(row).join('')}`,
);
console.log(`${screenshots.length} screenshots in ${out}; open index.html`);
