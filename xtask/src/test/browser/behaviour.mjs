// Checks of what the script adds, used as a reader would. A check opens pages below `root` and
// returns the faults. As a control, `fault` is a change of the script that the check must find.

const TABLE = 'table[data-filter]';
const CASE = 'case/vec_allocations/vec_nested.html';

const ids = (page) => page.evaluate((table) => [...document.querySelectorAll(`${table} tr[data-id]`)].filter((row) => row.getClientRects().length > 0).map((row) => row.dataset.id), TABLE);
const values = (page, position) => page.evaluate(([table, position]) => [...document.querySelectorAll(`${table} tr[data-id]`)].map((row) => Number(row.cells[position].dataset.value)), [TABLE, position]);
const heard = (page) => page.textContent('.heard');
const hash = (page) => page.evaluate(() => location.hash);
const differ = (what, found, expected) => (JSON.stringify(found) === JSON.stringify(expected) ? [] : [`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`]);

async function sorts(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  const report = await ids(page);
  const head = page.locator(`${TABLE} th[data-sort="bytes"]`);
  const position = await head.evaluate((head) => [...head.parentNode.cells].indexOf(head));
  await head.locator('button').focus();
  await page.keyboard.press('Enter');
  const down = await values(page, position);
  const faults = [...differ('order', down, [...down].sort((a, b) => b - a)), ...differ('aria-sort', await head.getAttribute('aria-sort'), 'descending'), ...differ('hash', await hash(page), '#sort=bytes:desc')];
  await page.keyboard.press('Enter');
  const up = await values(page, position);
  faults.push(...differ('order', up, [...up].sort((a, b) => a - b)), ...differ('aria-sort', await head.getAttribute('aria-sort'), 'ascending'));
  await page.keyboard.press('Enter');
  return [...faults, ...differ('report order', await ids(page), report), ...differ('aria-sort', await head.getAttribute('aria-sort'), null), ...differ('hash', await hash(page), '')];
}

async function staysStable(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  const report = await ids(page);
  const head = page.locator(`${TABLE} th[data-sort="retained"]`);
  const position = await head.evaluate((head) => [...head.parentNode.cells].indexOf(head));
  await head.locator('button').click();
  const [sorted, numbers] = [await ids(page), await values(page, position)];
  const expected = sorted.filter((_, index) => numbers[index] === 0).sort((a, b) => report.indexOf(a) - report.indexOf(b));
  return differ('equal rows', sorted.filter((_, index) => numbers[index] === 0), expected);
}

async function filters(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  const report = await ids(page);
  await page.keyboard.press('/');
  await page.keyboard.type('VEC nest');
  const faults = [...differ('filtered', await ids(page), report.filter((id) => id.includes('vec') && id.includes('nest'))), ...differ('hash', await hash(page), '#filter=VEC%20nest')];
  await page.keyboard.press('Escape');
  faults.push(...differ('reset', await ids(page), report), ...differ('hash', await hash(page), ''));
  // The filter also searches the summary.
  await page.keyboard.type('drops it');
  return [...faults, ...differ('by summary', (await ids(page)).length, report.length)];
}

// A click on a tile shows as many cases as its number states.
async function tilesAgree(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  const faults = [];
  for (const tile of await page.locator('.tile[data-status]').all()) {
    const number = Number((await tile.locator('strong').textContent()).replace(/,/g, ''));
    const status = await tile.getAttribute('data-status');
    await tile.locator('button').click();
    faults.push(...differ(`cases of ${status}`, (await ids(page)).length, number), ...differ('hash', await hash(page), `#status=${status}`));
    await tile.locator('button').click();
  }
  return faults;
}

async function permalinks(tab, root) {
  const address = '#sort=allocs:asc&filter=vec&status=same';
  let page = await tab.visit(`${root}index.html${address}`);
  const opened = await ids(page);
  page = await tab.visit(`${root}index.html`);
  const report = await ids(page);
  await page.click(`${TABLE} th[data-sort="allocs"] button`);
  await page.click(`${TABLE} th[data-sort="allocs"] button`);
  await page.fill('.tools input', 'vec');
  await page.click('.tile[data-status="same"] button');
  const faults = [...differ('address', await hash(page), address), ...differ('the same page', await ids(page), opened)];
  if (opened.length === 0 || opened.length === report.length) faults.push('the permalink filters nothing');
  for (const unknown of ['#nothing=1', '#sort=bytes:sideways', '#sort=nowhere:asc&status=%00', '#%', '#status=constructor', '#content']) {
    page = await tab.visit(`${root}index.html${unknown}`);
    faults.push(...differ(unknown, await ids(page), report));
  }
  page = await tab.visit(`${root}${CASE}#range=99-7&range=x`);
  return [...faults, ...differ('an unsound range', await page.locator('.tools button').isHidden(), true), ...tab.noise];
}

async function themes(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  const button = page.locator('header .theme');
  await button.click();
  await button.click();
  const dark = await ground();
  await page.reload({ waitUntil: 'commit' });
  await page.waitForSelector('main h1');
  const faults = [...differ('kept after a reload', await ground(), dark), ...differ('named', await page.locator('header .theme').getAttribute('aria-label'), 'Theme: dark')];
  await page.locator('header .theme').click();
  return [...faults, ...(light === dark ? ['light and dark are the same'] : []), ...differ('back to the system', await ground(), light)];
}

// The inline script sets the theme on its own: the site's script is blocked.
async function paintsFirst(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  // A value that is stored just before leaving a page can be lost if an earlier page still writes.
  for (let stored = null, tries = 0; stored !== 'dark' && tries < 9; tries += 1) {
    await page.evaluate(() => localStorage.setItem('heapmark-theme', 'dark'));
    await page.reload();
    stored = await page.evaluate(() => localStorage.getItem('heapmark-theme'));
  }
  const keepAway = (route) => route.fulfill({ body: '', contentType: 'text/javascript' });
  await page.route('**/site.js', keepAway);
  await page.reload();
  const found = await page.evaluate(() => document.documentElement.dataset.theme);
  await page.unroute('**/site.js', keepAway);
  await page.evaluate(() => localStorage.removeItem('heapmark-theme'));
  return differ('theme without the script', found, 'dark');
}

async function movesCursor(tab, root, site) {
  const page = await tab.visit(`${root}${CASE}`);
  const { history } = JSON.parse(site.text(CASE.replace(/html$/, 'json')));
  const object = (path) => JSON.parse(site.text(path).match(/\{.*\}/s)[0]);
  const commits = object('commits.js');
  const steps = object(CASE.replace(/^case(.*)html$/, 'data$1js')).steps[history[0].metric];
  const expected = (run) => `${steps.find(([from, to]) => from <= run && run < to)[2].toLocaleString('en')}, ${commits.sha[run]} of ${commits.day[run]}`;
  const last = history[0].runs - 1;
  const chart = page.locator('figure[data-history] .chart').first();
  await chart.focus();
  const faults = [];
  for (const [key, run] of [['ArrowLeft', last], ['ArrowLeft', last - 1], ['ArrowRight', last], ['Home', 0], ['ArrowRight', 1], ['End', last]]) {
    await page.keyboard.press(key);
    await page.waitForFunction(() => document.querySelector('.tip:not([hidden])'));
    await page.waitForTimeout(30);
    const said = await heard(page);
    if (!said.startsWith(expected(run))) faults.push(`${key} announces "${said}" instead of "${expected(run)}"`);
  }
  faults.push(...differ('cursor lines', await page.locator('line.cursor').count(), await page.locator('figure[data-history]').count()));
  await page.keyboard.press('Escape');
  return [...faults, ...differ('after Escape', await page.locator('.cursor').count(), 0), ...tab.noise];
}

async function zooms(tab, root) {
  const page = await tab.visit(`${root}${CASE}`);
  const chart = page.locator('figure[data-history] .chart').first();
  const path = () => page.locator('figure[data-history] .stretched').first().getAttribute('viewBox');
  const before = await path();
  await chart.focus();
  await page.keyboard.press('+');
  const zoomed = await hash(page);
  const faults = /^#range=\d+-\d+$/.test(zoomed) && (await path()) !== before ? [] : [`+ leads to ${zoomed}`];
  await page.keyboard.press('-');
  faults.push(...differ('after −', await hash(page), ''));
  await chart.scrollIntoViewIfNeeded();
  const { x, y, width } = await chart.boundingBox();
  await page.mouse.move(x + width * 0.4, y + 60);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + 60, { steps: 3 });
  await page.mouse.up();
  const dragged = await hash(page);
  if (!/^#range=\d+-\d+$/.test(dragged)) faults.push(`dragging leads to ${dragged}`);
  await tab.visit(`${root}${CASE}${dragged}`);
  if ((await path()) === before) faults.push('the range of a permalink is not shown');
  await page.locator('figure[data-history] .chart').first().dblclick();
  return [...faults, ...differ('after a double click', [await hash(page), await path()], ['', before])];
}

// A chart of times: a page of counts, changed to times, with invented times.
async function timesCloser(tab, root, site) {
  const page = await tab.visit(`${root}index.html`);
  const runs = JSON.parse(site.text(CASE.replace(/html$/, 'json'))).history[0].runs;
  const list = (first, step) => [first, ...Array(runs - 1).fill(step)];
  const time = { run: list(0, 1), median: list(18_100, 10), low: list(200, 0), high: list(300, 0) };
  const html = site.text(CASE).replace('data-metric="allocs"', 'data-metric="time"');
  await page.route('**/vec_nested.html', (route) => route.fulfill({ body: html, contentType: 'text/html' }));
  await page.route('**/data/**', (route) => route.fulfill({ body: `heapmark("news", 1); heapmark("history", "", ${JSON.stringify({ steps: {}, time })})`, contentType: 'text/javascript' }));
  await tab.visit(`${root}${CASE}`);
  await page.locator('figure[data-metric="time"] .chart').focus();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('.tip:not([hidden])'));
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(30);
  const said = await heard(page);
  const faults = said.startsWith('18.1 ns (95 %: 17.9 ns to 18.4 ns), ') ? [] : [`announces "${said}"`];
  await page.keyboard.press('+');
  await page.waitForTimeout(30);
  const points = () => page.evaluate(() => document.querySelector('path.line.near')?.getAttribute('d').split('L').length ?? 0);
  const [, from, to] = (await hash(page)).match(/(\d+)-(\d+)/).map(Number);
  faults.push(...differ('points of the line', await points(), to - from));
  await page.keyboard.press('Escape');
  await page.waitForTimeout(30);
  faults.push(...differ('points after Escape', await points(), 0));
  await page.unroute('**/vec_nested.html');
  await page.unroute('**/data/**');
  return [...faults, ...tab.noise];
}

async function agesData(tab, root) {
  const page = await tab.visit(`${root}index.html`);
  const measured = await page.getAttribute('time[data-age]', 'datetime');
  const days = Math.floor((Date.now() - Date.parse(measured)) / 86_400_000);
  const said = await page.locator('.age').textContent().catch(() => '');
  return said.includes(`${days.toLocaleString('en')} days old`) ? [] : [`"${said}" instead of ${days} days`];
}

async function copies(tab, root) {
  const page = await tab.visit(`${root}${CASE}`);
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => (window.copied = text) } }));
  const command = await page.locator('pre code').first().textContent();
  await page.locator('pre .copy').first().click();
  await page.waitForTimeout(30);
  return [...differ('copied', await page.evaluate(() => window.copied), command), ...differ('said', await heard(page), 'Copied.')];
}

export const BEHAVIOURS = [
  { name: 'a table sorts by exact values and returns to the order of the report', run: sorts, fault: ['direction * compare', 'compare'] },
  { name: 'equal rows keep the order of the report', run: staysStable, fault: ['keyed.sort(', 'keyed.reverse().sort('] },
  { name: 'the keyboard is enough to filter and reset', run: filters, fault: ["event.key === '/'", "event.key === '§'"] },
  { name: 'each tile shows as many cases as its number says', run: tilesAgree, fault: ['.status.${tone}`, row', '.status`, row'] },
  { name: 'a permalink restores the view, and an unknown one is ignored', run: permalinks, fault: ["order === 'asc' || order === 'desc'", 'order'] },
  { name: 'a theme is remembered, and the system theme can be restored', run: themes, fault: ["localStorage.setItem('heapmark-theme', next)", 'next'] },
  { name: 'the theme is set before the script of the page is loaded', run: paintsFirst, page: ["localStorage.getItem('heapmark-theme')", "localStorage.getItem('other')"] },
  { name: 'arrows move the cursor of a chart and announce commit, day and value', run: movesCursor, fault: ['ArrowRight: (run) => run + 1', 'ArrowRight: (run) => run + 2'] },
  { name: 'keys and dragging zoom a chart, and the range is a permalink', run: zooms, fault: ["remember('range',", "remember('rage',"] },
  { name: 'a chart of times announces the interval and shows every run when zoomed', run: timesCloser, fault: ['sum += step', 'sum = step'] },
  { name: 'the age of the data is computed', run: agesData, fault: ['24 * 60 * 60', '60 * 60'] },
  { name: 'a command can be copied', run: copies, fault: ["one('code', block).textContent", "''"] },
];
