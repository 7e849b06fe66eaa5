// Checks of a page without script, in print, and with reduced motion.

// The content of a page: its tables and all its text, without elements that the script adds.
function content(page) {
  return page.evaluate(() => {
    const main = document.querySelector('main').cloneNode(true);
    for (const added of main.querySelectorAll('.tools, .copy, .tip, .range, .age')) added.remove();
    const text = (element) => element.textContent.replace(/\s+/g, ' ').trim();
    return { tables: [...main.querySelectorAll('tr')].map(text), all: text(main) };
  });
}

export async function whole(page) {
  return page.evaluate(() => {
    const pathless = [...document.querySelectorAll('.plot, .sparkline')].filter((chart) => !chart.querySelector('path:not(.grid)[d*="M"], rect.bar, circle'));
    const dead = [...document.querySelectorAll('button, input, select, [role="application"]')];
    return [...pathless.map((chart) => `chart without a path: ${chart.getAttribute('aria-label')}`), ...dead.map((control) => `control without a function: ${control.outerHTML.slice(0, 80)}`)];
  });
}

export async function same(scripted, plain) {
  const [with_, without] = [await content(scripted), await content(plain)];
  const missing = with_.tables.filter((row, index) => row !== without.tables[index]);
  const faults = missing.slice(0, 2).map((row) => `only with the script: ${row}`);
  return with_.all === without.all ? faults : [...faults, 'the text differs without the script'];
}

export async function printable(page) {
  await page.emulateMedia({ media: 'print' });
  const faults = await page.evaluate(() => {
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.getClientRects().length > 0);
    const controls = shown('header.site nav, .theme, .copy, .tools').map((element) => `printed control: ${element.className || element.tagName}`);
    const hidden = shown('main h1').length === 0 ? ['the heading is not printed'] : [];
    const clipped = shown('.scroll').filter((frame) => getComputedStyle(frame).overflowX !== 'visible').map(() => 'a printed table is cut off');
    const dark = getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)' ? ['printed on a dark ground'] : [];
    return [...controls, ...hidden, ...clipped, ...dark];
  });
  await page.emulateMedia({ media: 'screen' });
  return faults;
}

export async function still(page) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  return page.evaluate(() => {
    const moves = [...document.querySelectorAll('*')].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration.split(',').some((time) => parseFloat(time) > 0);
    });
    return moves.slice(0, 2).map((element) => `moves in spite of reduced motion: ${element.tagName}`);
  });
}
