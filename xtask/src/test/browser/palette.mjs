// Checks the colours of the style sheet: enough contrast, and distinct for every kind of colour
// vision.

const LEAST_CONTRAST = 5.5;
const LEAST_DISTANCE = 10;
const TONES = ['more', 'less', 'retains', 'second'];

// Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
const VISION = {
  'full colour vision': [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

// The values of CSS variables as resolved by the browser, as linear light.
async function colours(page, names) {
  const found = await page.evaluate((names) => {
    const probe = document.body.appendChild(document.createElement('i'));
    const values = names.map((name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    });
    probe.remove();
    return values;
  }, names);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return Object.fromEntries(names.map((name, index) => [name, found[index].match(/[\d.]+/g).slice(0, 3).map((part) => linear(part / 255))]));
}

const luminance = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function seen(colour, matrix) {
  const row = (index) => matrix.slice(index * 3, index * 3 + 3).reduce((sum, factor, part) => sum + factor * colour[part], 0);
  return [0, 1, 2].map((index) => Math.max(0, Math.min(1, row(index))));
}

// CIE L*a*b* of linear light under D65.
function lab([r, g, b]) {
  const f = (t) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

export async function palette(page) {
  const grounds = ['ground', 'surface'];
  const known = await colours(page, [...TONES, ...grounds, 'more-ground', 'less-ground', 'retains-ground', 'failed', 'link', 'muted', 'ink']);
  const faults = [];
  for (const tone of [...TONES, 'failed', 'link', 'muted', 'ink']) {
    for (const ground of [...grounds, `${tone}-ground`].filter((name) => known[name])) {
      const ratio = contrast(known[tone], known[ground]);
      if (ratio < LEAST_CONTRAST) faults.push(`contrast of ${tone} on ${ground} is ${ratio.toFixed(2)}`);
    }
  }
  for (const [vision, matrix] of Object.entries(VISION)) {
    for (const [index, one] of TONES.entries()) {
      for (const other of TONES.slice(index + 1)) {
        const [a, b] = [one, other].map((name) => lab(seen(known[name], matrix)));
        const distance = Math.hypot(...a.map((part, place) => part - b[place]));
        if (distance < LEAST_DISTANCE) faults.push(`${one} and ${other} are only ${distance.toFixed(1)} apart under ${vision}`);
      }
    }
  }
  return faults;
}
