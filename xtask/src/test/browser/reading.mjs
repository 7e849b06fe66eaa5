// Reading checks that apply to every page: each takes an open page and returns the faults that it
// finds.

const SMALLEST_CHART_TEXT = 11;
const SMALLEST_CONTROL = 24;
export const NARROWEST = 320;

// Runs the axe rules in `only`. Without any, runs all rules, including the one on target sizes that
// is off by default.
export async function accessible(page, axe, only = []) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const rules = only.length > 0 ? { runOnly: only } : { rules: { 'target-size': { enabled: true } } };
  const { violations } = await page.evaluate((rules) => window.axe.run({ preload: false, resultTypes: ['violations'], ...rules }), rules);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);
}

// Chart text is not scaled down, and controls are large enough for a thumb.
export async function large(page) {
  return page.evaluate(
    ([text, control]) => {
      const size = (element) => parseFloat(getComputedStyle(element).fontSize) * (element.getCTM()?.d ?? 1);
      const small = [...document.querySelectorAll('svg text')].filter((element) => size(element) < text);
      const controls = [...document.querySelectorAll('button, input, header a')].filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 0 && Math.min(width, height) < control;
      });
      return [...small.slice(0, 3).map((element) => `chart text below ${text} px: ${element.textContent}`), ...controls.slice(0, 3).map((element) => `control below ${control} px: ${element.textContent}`)];
    },
    [SMALLEST_CHART_TEXT, SMALLEST_CONTROL],
  );
}

// Every chart is an image with a name, and the page has its numbers or a link to them.
export async function named(page) {
  return page.evaluate(() => {
    const charts = [...document.querySelectorAll('.plot, .sparkline')];
    const nameless = charts.filter((chart) => chart.getAttribute('role') !== 'img' || (chart.getAttribute('aria-label') ?? '').length < 10);
    const numbers = document.querySelector('table, a[href$=".csv"], a[href$=".json"]');
    const faults = nameless.map((chart) => `chart without a name: ${chart.outerHTML.slice(0, 80)}`);
    return charts.length > 0 && !numbers ? [...faults, 'charts without numbers behind them'] : faults;
  });
}

// How far the page is wider than its window, and which navigation links are broken over lines.
export async function overflowing(page) {
  // The script handles a new width in the next frame.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const pixels = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  const broken = await page.evaluate(() => {
    const tops = (link) => {
      const text = document.createRange();
      text.selectNodeContents(link);
      return new Set([...text.getClientRects()].map((line) => Math.round(line.top)));
    };
    return [...document.querySelectorAll('header nav a')].filter((link) => tops(link).size > 1).map((link) => link.textContent);
  });
  const wide = pixels > 0 ? [`${pixels} px wider than its window`] : [];
  return [...wide, ...broken.map((name) => `the link to ${name} breaks over lines`)];
}

// Errors of the page, and its requests: at most style and script, and nothing outside of the site.
export async function quiet(tab, root) {
  const violations = await tab.page.evaluate(() => window.violations);
  const outside = tab.requests.filter((url) => !url.startsWith(root));
  const faults = [...tab.noise, ...violations.map((violation) => `policy: ${violation}`), ...outside.map((url) => `requests ${url}`)];
  return tab.requests.length > 3 ? [...faults, `${tab.requests.length} requests on load`] : faults;
}
