// Sorts the tables of cases by a column. The first click sorts numbers descending and words
// ascending, the second click reverses the order, and the third restores the order of the report.

const TONES = ['failed', 'more', 'retains', 'less', 'neutral', 'same'];
let words;

const tables = all('table')
  .map((table) => ({ table, heads: all('th[data-sort]', table), rows: all('tr[data-id]', table) }))
  .filter(({ heads, rows }) => heads.length > 0 && rows.length > 1);

for (const sorted of tables) {
  sorted.homes = sorted.rows.map((row) => row.parentNode);
  sorted.body = make('tbody', { className: 'sorted' });
  for (const head of sorted.heads) {
    const button = make('button', { type: 'button' }, ...head.childNodes);
    button.addEventListener('click', () => {
      remember('sort', next(head));
      sortAll(state());
    });
    head.append(button);
  }
}

const isNumber = (head) => head.classList.contains('number');

// The state after the next click on `head`.
function next(head) {
  const column = head.dataset.sort;
  const [first, second] = isNumber(head) ? ['desc', 'asc'] : ['asc', 'desc'];
  const [before, order] = state().sort.split(':');
  if (before !== column || (order !== first && order !== second)) return `${column}:${first}`;
  return order === first ? `${column}:${second}` : '';
}

// The sort key of `row`; null if the number is unknown.
function key(row, column, position) {
  if (column === 'case') return row.dataset.id;
  const cell = row.cells[position];
  if (column === 'status') return TONES.findIndex((tone) => one(`.status.${tone}`, cell));
  const value = cell.dataset.value;
  if (!value) return null;
  return /^-?\d+$/.test(value) ? BigInt(value) : Number(value);
}

function compare(a, b) {
  if (typeof a === 'string') {
    // Created on first use, because most pages are never sorted.
    words ??= new Intl.Collator('en', { numeric: true });
    return words.compare(a, b);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortAll({ sort }) {
  const [column, order] = sort.split(':');
  for (const sorted of tables) arrange(sorted, column, order);
}

// In another order there are no groups, so each name gets its group as a prefix.
function nameGroup(row) {
  const name = one('th', row);
  const shown = one('a', name).textContent;
  name.dataset.group = row.dataset.id.endsWith(shown) ? row.dataset.id.slice(0, row.dataset.id.length - shown.length) : '';
}

function arrange({ table, heads, rows, homes, body }, column, order) {
  const head = heads.find((head) => head.dataset.sort === column);
  const known = head && (order === 'asc' || order === 'desc');
  for (const other of heads) {
    if (known && other === head) other.setAttribute('aria-sort', order === 'asc' ? 'ascending' : 'descending');
    else other.removeAttribute('aria-sort');
  }
  table.classList.toggle('by-column', Boolean(known));
  if (!known) {
    // Rows that were never moved need no new layout.
    if (!body.isConnected) return;
    body.remove();
    rows.forEach((row, index) => homes[index].append(row));
    return;
  }
  const position = [...head.parentNode.cells].indexOf(head);
  const direction = order === 'asc' ? 1 : -1;
  const keyed = rows.map((row) => ({ row, key: key(row, column, position) }));
  // Unknown values come last in both directions; equal rows stay in the order of the report.
  keyed.sort((a, b) => (a.key === null) - (b.key === null) || direction * compare(a.key, b.key));
  rows.forEach(nameGroup);
  table.append(body);
  body.append(...keyed.map(({ row }) => row));
}

follow(sortAll);
