// Functions that all other parts use: making elements, and announcements for screen readers.

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

// An element with properties (attributes if the name has a dash or is "role") and content.
function make(name, properties = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes('-') || key === 'role') element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...content);
  return element;
}

const voice = make('p', { className: 'heard', 'aria-live': 'polite' });
document.body.append(voice);

// Announced by screen readers, but invisible.
function say(text) {
  voice.textContent = text;
}

// The root of the site, where this script is.
const root = document.currentScript.src.replace(/[^/]*$/, '');
