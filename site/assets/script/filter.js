// Filters the cases: by words, all of which must occur in id or summary, and by one status, chosen
// by a click on a tile. `/` moves the focus to the box, and Escape removes the filter.

const filtered = one('table[data-filter]');

if (filtered && tables.some(({ table }) => table === filtered)) {
  const rows = all('tr[data-id]', filtered);
  const { homes } = tables.find(({ table }) => table === filtered);
  const bodies = [...new Set(homes)];
  const box = make('input', { type: 'search', placeholder: 'press / to type', 'aria-label': 'Filter cases by name or summary', autocomplete: 'off', spellcheck: false });
  const count = make('output');
  const reset = make('button', { type: 'button', hidden: true }, 'Show all');
  const tools = make('div', { className: 'tools' }, count, reset, box);
  one('.heading', filtered.closest('section')).append(tools);

  const has = (row, tone) => Boolean(one(`.status.${tone}`, row));
  const tones = new Set();
  const tiles = all('.tile[data-status]').map((tile) => {
    const tone = tile.dataset.status;
    const button = make('button', { type: 'button', 'aria-pressed': 'false' }, ...tile.childNodes);
    button.addEventListener('click', () => {
      remember('status', state().status === tone ? '' : tone);
      apply(state());
    });
    tile.append(button);
    tones.add(tone);
    return { tone, button };
  });

  const show = (now) => {
    box.value = now.filter;
    apply(now);
  };
  const apply = ({ filter, status }) => {
    const asked = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const tone = tones.has(status) ? status : '';
    const narrowed = asked.length > 0 || tone !== '';
    // Nothing is hidden, and nothing has to be.
    if (!narrowed && reset.hidden) return;
    let shown = 0;
    for (const row of rows) {
      const text = `${row.dataset.id} ${one('th a', row).title}`.toLowerCase();
      row.hidden = !(asked.every((word) => text.includes(word)) && (!tone || has(row, tone)));
      shown += row.hidden ? 0 : 1;
    }
    for (const body of bodies) {
      const own = rows.filter((_, index) => homes[index] === body);
      body.classList.toggle('empty', own.length > 0 && own.every((row) => row.hidden));
    }
    for (const tile of tiles) tile.button.setAttribute('aria-pressed', String(tile.tone === tone));
    count.textContent = narrowed ? `${shown} of ${rows.length} cases` : '';
    reset.hidden = !narrowed;
  };
  const clear = () => {
    remember('filter', '');
    remember('status', '');
    show(state());
    say('All cases are shown.');
  };

  box.addEventListener('input', () => {
    remember('filter', box.value.trim());
    apply(state());
  });
  reset.addEventListener('click', () => {
    clear();
    box.focus();
  });
  addEventListener('keydown', (event) => {
    const writes = event.target.matches?.('input, textarea');
    if (event.key === '/' && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
    } else if (event.key === 'Escape' && (state().filter || state().status)) {
      event.preventDefault();
      clear();
    }
  });
  follow(show);
}
