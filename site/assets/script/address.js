// The state of the page in its address, as in #sort=bytes:desc&filter=vec&status=more, so that a
// link shows what its sender saw. Keys that are not known are ignored.

const KEYS = ['sort', 'filter', 'status', 'range'];
const readers = [];

function state() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.map((key) => [key, parameters.get(key) ?? '']));
}

// Keeps `value` under `key`; an empty one leaves the address.
function remember(key, value) {
  const now = { ...state(), [key]: value };
  const plain = (text) => encodeURIComponent(text).replace(/%3A/g, ':').replace(/%2F/g, '/');
  const parts = KEYS.filter((name) => now[name]).map((name) => `${name}=${plain(now[name])}`);
  const base = location.href.split('#')[0];
  history.replaceState(null, '', parts.length ? `${base}#${parts.join('&')}` : base);
}

// Calls `read` with the state now, and whenever somebody changes the address by hand.
function follow(read) {
  readers.push(read);
  read(state());
}

addEventListener('hashchange', () => {
  // An address such as #content leads to a place on the page and says nothing of its state.
  const leadsToPlace = location.hash.length > 1 && !location.hash.includes('=');
  if (!leadsToPlace) readers.forEach((read) => read(state()));
});
