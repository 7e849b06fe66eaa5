// Theme: light, dark, or that of the system. A separate script applies the choice before the first paint.

const THEMES = { auto: ['◐', ' Auto'], light: ['☀', ' Light'], dark: ['☾', ' Dark'] };

function theme() {
  return document.documentElement.dataset.theme ?? 'auto';
}

// The sign and, if there is space, the word.
function name(button, theme) {
  const [sign, word] = THEMES[theme];
  button.replaceChildren(sign, make('span', {}, word));
  button.setAttribute('aria-label', `Theme: ${theme}`);
}

function choose(next, button) {
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  name(button, next);
  try {
    localStorage.setItem('heapmark-theme', next);
  } catch {
    // Storage can be forbidden; the choice then holds for this page.
  }
}

{
  const button = make('button', { type: 'button', className: 'theme' });
  name(button, theme());
  const names = Object.keys(THEMES);
  button.addEventListener('click', () => choose(names[(names.indexOf(theme()) + 1) % names.length], button));
  one('header.site').append(button);
}
