// What every other part uses: making elements, and telling those who listen to the page.

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

// An element with properties (attributes where the name holds a dash, or is "role") and content.
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

// Said by screen readers, and seen by nobody.
function say(text) {
  voice.textContent = text;
}

// Where the site begins: this script lies at its root.
const root = document.currentScript.src.replace(/[^/]*$/, '');
