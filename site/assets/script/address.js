// The state of the page in its address, as in #sort=bytes:desc&filter=vec&status=more, so that a
// link shows the same view to its recipient. Unknown keys are ignored.

const KEYS = ['sort', 'filter', 'status', 'range'];
const readers = [];

function state() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.map((key) => [key, parameters.get(key) ?? '']));
}

// Stores `value` under `key`; an empty value removes the key from the address.
function remember(key, value) {
  const now = { ...state(), [key]: value };
  const plain = (text) => encodeURIComponent(text).replace(/%3A/g, ':').replace(/%2F/g, '/');
  const parts = KEYS.filter((name) => now[name]).map((name) => `${name}=${plain(now[name])}`);
  const base = location.href.split('#')[0];
  history.replaceState(null, '', parts.length ? `${base}#${parts.join('&')}` : base);
}

// Calls `read` with the current state, and again whenever the user edits the address.
function follow(read) {
  readers.push(read);
  read(state());
}

addEventListener('hashchange', () => {
  // An address such as #content is a link to an anchor and has no state.
  const leadsToPlace = location.hash.length > 1 && !location.hash.includes('=');
  if (!leadsToPlace) readers.forEach((read) => read(state()));
});
