// The history charts: a cursor that shows commit, day and value, moved by pointer or arrows over
// all charts of the page at once, and a zoom into a range of runs. Lines of counts are not drawn
// again: the stretched part of a plot gets another view box. Times are drawn again, because the page
// contains only one of them per pixel.

const FEWEST_RUNS = 2;
const WIDTH = 1000;
const MOST_POINTS = 2000;

const charts = all('figure[data-history]').map((figure) => {
  const plot = one('.plot', figure);
  return {
    figure,
    plot,
    metric: figure.dataset.metric,
    frame: plot.parentNode,
    stretched: one('svg', plot),
    // The position of each element while all runs are shown, in percent.
    placed: all(':scope > circle', plot).map((element) => ({ element, at: parseFloat(element.getAttribute('cx')) })),
    ends: all(':scope > text', plot).filter((text) => ['0', '100%'].includes(text.getAttribute('x'))),
  };
});

if (charts.length > 0 && Number(charts[0].figure.dataset.runs) >= FEWEST_RUNS) {
  const runs = Number(charts[0].figure.dataset.runs);
  let shown = { from: 0, to: runs };
  let cursor = null;
  let data = null;

  const tip = make('div', { className: 'tip', hidden: true });
  const whole = make('button', { type: 'button', hidden: true }, 'Show all runs');
  const hint = make('span', { className: 'hint' }, 'Drag to zoom; arrows, + and − work too.');
  charts[0].figure.parentNode.before(make('p', { className: 'tools' }, hint, whole));

  const ready = async () => {
    try {
      data ??= await records();
    } catch {
      say('The numbers of this history could not be loaded.');
    }
    return data;
  };
  // The position of the middle of `run` in the plot, in percent.
  const place = (run) => ((run + 0.5 - shown.from) / (shown.to - shown.from)) * 100;

  // The position of `value` on the axis of `chart`, in pixels.
  const height = ({ figure, plot }, value) => {
    const { top, bottom } = plot.dataset;
    const { low, high } = figure.dataset;
    return bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  };

  // Every time of the range with its interval, instead of the drawing for all runs.
  const drawTimes = (chart) => {
    for (const old of all('.near', chart.stretched)) old.remove();
    const { run = [], median, low, high } = (!whole.hidden && data?.time) || {};
    const near = run.map((_, index) => index).filter((index) => shown.from <= run[index] && run[index] < shown.to);
    const fits = near.length > 0 && near.length <= MOST_POINTS;
    for (const path of all('.line, .band', chart.stretched)) path.toggleAttribute('hidden', fits);
    if (!fits) return;
    const at = (value) => (index) => `${((run[index] + 0.5) / runs) * WIDTH} ${height(chart, value(index))}`;
    const above = near.map(at((index) => median[index] + high[index]));
    const below = near.map(at((index) => median[index] - low[index])).reverse();
    for (const [name, points] of [['area', [...above, ...below]], ['line', near.map(at((index) => median[index]))]]) {
      const path = document.createElementNS(chart.plot.namespaceURI, 'path');
      path.setAttribute('class', `${name} near`);
      path.setAttribute('d', `M${points.join('L')}`);
      chart.stretched.append(path);
    }
  };

  const commit = (run) => (data ? `${data.commits.sha[run] ?? '?'} of ${data.commits.day[run] ?? '?'}` : `run ${run + 1} of ${runs}`);

  const draw = (active) => {
    for (const chart of charts) {
      for (const old of all('.cursor', chart.plot)) old.remove();
      if (cursor === null) continue;
      const x = `${place(cursor)}%`;
      const add = (name, attributes) => {
        const element = document.createElementNS(chart.plot.namespaceURI, name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        chart.plot.append(element);
      };
      const { height: bottom } = chart.plot.getBoundingClientRect();
      add('line', { class: 'cursor', x1: x, x2: x, y1: 4, y2: bottom - 26 });
      const found = data && valueAt(data, chart.metric, cursor);
      if (found) add('circle', { class: 'cursor dot', cx: x, cy: height(chart, found.value), r: 4.5 });
    }
    tip.hidden = cursor === null || !data;
    if (tip.hidden) return '';
    const text = inWords(active.metric, valueAt(data, active.metric, cursor));
    const mark = data.commits.marks?.find(([run]) => run === cursor);
    tip.replaceChildren(make('strong', {}, text), make('span', {}, commit(cursor)), ...(mark ? [make('span', {}, mark[1])] : []));
    active.frame.append(tip);
    const { left, width } = active.plot.getBoundingClientRect();
    const at = left - active.frame.getBoundingClientRect().left + (place(cursor) / 100) * width;
    const room = active.frame.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, at + (at > room ? -tip.offsetWidth - 10 : 10)))}px`;
    return `${text}, ${commit(cursor)}${mark ? `, ${mark[1]}` : ''}`;
  };

  const point = async (active, run, aloud) => {
    cursor = run;
    draw(active);
    if (!(await ready()) || cursor !== run) return;
    const text = draw(active);
    if (aloud) say(text);
  };

  const leave = () => {
    cursor = null;
    draw(charts[0]);
  };

  const zoom = (from, to) => {
    const wanted = Math.max(FEWEST_RUNS, Math.min(runs, Math.round(to - from)));
    const start = Math.max(0, Math.min(runs - wanted, Math.round(from)));
    show({ from: start, to: start + wanted });
    const isWhole = wanted === runs;
    remember('range', isWhole ? '' : `${start}-${start + wanted}`);
    say(isWhole ? 'All runs are shown.' : `Runs ${start + 1} to ${start + wanted} of ${runs} are shown.`);
  };

  const show = (range) => {
    shown = range;
    const [from, to] = [shown.from / runs, shown.to / runs];
    whole.hidden = to - from === 1;
    for (const { stretched, placed } of charts) {
      const [, , , tall] = stretched.getAttribute('viewBox').split(' ');
      stretched.setAttribute('viewBox', `${from * WIDTH} 0 ${(to - from) * WIDTH} ${tall}`);
      for (const { element, at } of placed) {
        const share = (at / 100 - from) / (to - from);
        element.toggleAttribute('hidden', share < 0 || share > 1);
        for (const name of element.tagName === 'circle' ? ['cx'] : ['x1', 'x2']) element.setAttribute(name, `${share * 100}%`);
      }
    }
    label();
  };

  // Labels the ends of the x axis with the first and last commit in view.
  const label = async () => {
    if (whole.hidden && !data) return;
    if (!(await ready())) return;
    for (const chart of charts) {
      const { ends } = chart;
      if (chart.metric === 'time') drawTimes(chart);
      if (ends.length < 2) continue;
      [shown.from, shown.to - 1].forEach((run, index) => (ends[index].textContent = `${data.commits.sha[run]} · ${data.commits.day[run]}`));
    }
  };

  const around = (factor) => {
    const middle = cursor === null ? (shown.from + shown.to) / 2 : cursor + 0.5;
    const span = (shown.to - shown.from) * factor;
    zoom(middle - span / 2, middle + span / 2);
  };

  const MOVES = {
    ArrowLeft: (run) => run - 1,
    ArrowRight: (run) => run + 1,
    Home: () => shown.from,
    End: () => shown.to - 1,
  };

  const press = (chart, event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move) {
      const run = cursor === null && event.key.startsWith('Arrow') ? shown.to - 1 : move(cursor ?? shown.to - 1);
      point(chart, Math.max(shown.from, Math.min(shown.to - 1, run)), true);
    } else if (event.key === '+' || event.key === '=') around(0.5);
    else if (event.key === '-' || event.key === '−') around(2);
    else if (event.key === 'Escape') {
      leave();
      zoom(0, runs);
    } else return;
    event.preventDefault();
    if (cursor !== null) draw(chart);
  };

  const follows = (chart) => {
    let start = null;
    const area = make('div', { className: 'range', hidden: true });
    chart.frame.append(area);
    const share = (event) => {
      const { left, width } = chart.plot.getBoundingClientRect();
      return Math.max(0, Math.min(1, (event.clientX - left) / width));
    };
    const run = (event) => Math.min(shown.to - 1, Math.floor(shown.from + share(event) * (shown.to - shown.from)));
    const drop = () => {
      start = null;
      area.hidden = true;
    };
    chart.frame.addEventListener('pointermove', (event) => {
      point(chart, run(event), false);
      if (start === null) return;
      const [a, b] = [start, share(event)].sort((x, y) => x - y);
      const { left, width } = chart.plot.getBoundingClientRect();
      area.hidden = false;
      area.style.left = `${left - chart.frame.getBoundingClientRect().left + a * width}px`;
      area.style.width = `${(b - a) * width}px`;
    });
    chart.frame.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      start = share(event);
      chart.frame.setPointerCapture(event.pointerId);
    });
    chart.frame.addEventListener('pointerup', (event) => {
      const [a, b] = [start ?? 0, share(event)].sort((x, y) => x - y);
      const { width } = chart.plot.getBoundingClientRect();
      const span = shown.to - shown.from;
      // A range narrower than a finger is a click.
      if (start !== null && (b - a) * width > 12) zoom(Math.floor(shown.from + a * span), Math.ceil(shown.from + b * span));
      drop();
    });
    chart.frame.addEventListener('pointercancel', drop);
    chart.frame.addEventListener('pointerleave', leave);
    chart.frame.addEventListener('dblclick', () => zoom(0, runs));
    chart.frame.addEventListener('focus', ready);
    chart.frame.addEventListener('blur', leave);
    chart.frame.addEventListener('keydown', (event) => press(chart, event));
  };

  for (const chart of charts) {
    chart.frame.tabIndex = 0;
    chart.frame.setAttribute('role', 'application');
    chart.frame.setAttribute('aria-label', `${one('figcaption', chart.figure).textContent.trim()}: left and right move between runs, plus and minus zoom, Escape resets`);
    follows(chart);
  }
  whole.addEventListener('click', () => zoom(0, runs));
  follow(({ range }) => {
    const [from, to] = /^\d+-\d+$/.test(range) ? range.split('-').map(Number) : [0, runs];
    const sound = to <= runs && to - from >= FEWEST_RUNS;
    show(sound ? { from, to } : { from: 0, to: runs });
  });
}
