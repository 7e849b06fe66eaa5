// The numbers behind the history charts, made from the models of the pages: for a site without
// files of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function addNumbers(site) {
  if (site.has('commits.js')) return;
  let runs = 0;
  for (const page of site.pages().filter((page) => page.startsWith('case/'))) {
    const { id, history } = JSON.parse(site.text(page.replace(/html$/, 'json')));
    const steps = Object.fromEntries(history.map((chart) => [chart.metric, chart.steps.map(({ from, to, value, exact }) => [from, to, value, exact ? 1 : 0])]));
    runs = Math.max(runs, ...history.map((chart) => chart.runs));
    const path = join(site.folder, page.replace(/^case/, 'data').replace(/html$/, 'js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `heapmark("history",${JSON.stringify(id)},${JSON.stringify({ steps })})`);
  }
  const every = Array.from({ length: runs }, (_, run) => run);
  const sha = every.map((run) => (0x3f2a91c + run * 0x10357).toString(16).padStart(7, '0'));
  const day = every.map((run) => new Date(Date.UTC(2026, 0, 1 + run)).toISOString().slice(0, 10));
  writeFileSync(join(site.folder, 'commits.js'), `heapmark("commits",${JSON.stringify({ sha, day, marks: [] })})`);
}
