// The data of the history charts. It is loaded as scripts, because a page that is opened from disk
// cannot fetch, and only on first use.

const arrived = {};
let asked;

window.heapmark = (kind, ...content) => {
  arrived[kind] = content.at(-1);
};

function load(path) {
  return new Promise((resolve, reject) => {
    const script = make('script', { src: root + path, onload: resolve, onerror: () => reject(new Error(path)) });
    document.head.append(script);
  });
}

// Commits and values of the case on this page.
function records() {
  const page = location.href.split(/[?#]/)[0].slice(root.length);
  const data = page.replace(/^case\//, 'data/').replace(/(\.html)?$/, '.js');
  asked ??= Promise.all([load('commits.js'), load(data)]).then(() => {
    if (!arrived.commits || !arrived.history) throw new Error('no history');
    const { time, ...rest } = arrived.history;
    return { commits: arrived.commits, ...rest, time: time && unfolded(time) };
  });
  return asked;
}

// Lists of a first value and differences become lists of values.
function unfolded(lists) {
  const sums = (list) => {
    let sum = 0;
    return list.map((step) => (sum += step));
  };
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, sums(list)]));
}

// The value of `metric` in `run`: { value, exact, low, high }, or null if it is unknown.
function valueAt(data, metric, run) {
  if (metric === 'time') {
    const index = data.time ? data.time.run.indexOf(run) : -1;
    if (index < 0) return null;
    const value = data.time.median[index];
    return { value, low: value - data.time.low[index], high: value + data.time.high[index] };
  }
  const steps = (metric === 'instructions' ? data.instructions : data.steps[metric]) ?? [];
  const step = steps.find(([from, to]) => from <= run && run < to);
  return step ? { value: step[2], exact: step[3] === 1 } : null;
}

const counted = new Intl.NumberFormat('en');
const count = (value) => counted.format(value).replace('-', '−');

// Three digits with the largest unit that leaves a whole part.
function scaled(value, units, base) {
  let size = Math.abs(value);
  let unit = 0;
  while (Math.round(size) >= base && unit + 1 < units.length) {
    size /= base;
    unit += 1;
  }
  const digits = unit === 0 ? count(size) : size < 9.995 ? size.toFixed(2) : size < 99.95 ? size.toFixed(1) : count(Math.round(size));
  return `${value < 0 ? '−' : ''}${digits} ${units[unit]}`;
}

const duration = (value) => scaled(value, ['ps', 'ns', 'µs', 'ms', 's'], 1000);

// A value in words, as in `14.2 KiB (14,541 B)` or `18.1 ns (17.9 to 18.4)`.
function inWords(metric, found) {
  if (!found) return 'not measured';
  if (metric === 'time') {
    const { value, low, high } = found;
    return low === high ? duration(value) : `${duration(value)} (95 %: ${duration(low)} to ${duration(high)})`;
  }
  const bytes = /bytes|peak|retained/.test(metric);
  const full = bytes ? `${count(found.value)} B` : count(found.value);
  const short = bytes && Math.abs(found.value) >= 1024 ? `${scaled(found.value, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'], 1024)} (${full})` : full;
  return found.exact ? short : `~${short}, varies`;
}
