// Light, dark, or what the system says. The first paint reads the choice by a script of its own.

const THEMES = { auto: '◐ Auto', light: '☀ Light', dark: '☾ Dark' };

function theme() {
  return document.documentElement.dataset.theme ?? 'auto';
}

function choose(next, button) {
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  button.textContent = THEMES[next];
  button.setAttribute('aria-label', `Theme: ${next}`);
  try {
    localStorage.setItem('heapmark-theme', next);
  } catch {
    // Storage can be forbidden; the choice then holds for this page.
  }
}

{
  const button = make('button', { type: 'button', className: 'theme', 'aria-label': `Theme: ${theme()}` }, THEMES[theme()]);
  const names = Object.keys(THEMES);
  button.addEventListener('click', () => choose(names[(names.indexOf(theme()) + 1) % names.length], button));
  one('header.site').append(button);
}
