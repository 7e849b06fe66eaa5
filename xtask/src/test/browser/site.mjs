// The pages of a rendered site, as files and over HTTP.
import { createServer } from 'node:http';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export class Site {
  constructor(folder) {
    this.folder = folder;
  }

  // Every page, with its address relative to the root.
  pages() {
    return readdirSync(this.folder, { recursive: true }).filter((name) => name.endsWith('.html')).sort();
  }

  // Every page, but only every sixth page of a case: these differ only in their numbers, and each
  // takes most of a second.
  sample() {
    const cases = this.pages().filter((page) => page.startsWith('case/'));
    const left = new Set(cases.filter((_, place) => place % 6 !== 0));
    return this.pages().filter((page) => !left.has(page));
  }

  // One page of each kind.
  kinds() {
    const folders = new Set();
    return this.pages().filter((page) => {
      const folder = page.includes('/') ? page.split('/')[0] : page;
      return !folders.has(folder) && folders.add(folder);
    });
  }

  url(path) {
    return pathToFileURL(join(this.folder, path)).href;
  }

  text(path) {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  has(path) {
    return existsSync(join(this.folder, path));
  }
}

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript', json: 'application/json', csv: 'text/csv' };

// Serves `site` on 127.0.0.1 like a static host. `faults` maps a path to a text and its
// replacement.
export async function serve(site, faults = {}) {
  const texts = Object.fromEntries(Object.entries(faults).map(([path, [from, to]]) => [path, site.text(path).replace(from, to)]));
  const changed = Object.entries(texts).every(([path, text]) => text !== site.text(path));
  const server = createServer((request, response) => {
    // `..` as a path segment is rejected, but the page of a comparison is named `base..head`.
    const path = decodeURIComponent(new URL(request.url, 'http://127.0.0.1').pathname).slice(1);
    const known = !path.split('/').includes('..') && site.has(path);
    response.writeHead(known ? 200 : 404, { 'content-type': TYPES[path.split('.').pop()] ?? 'text/plain' });
    response.end(known ? (texts[path] ?? site.text(path)) : '');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { root: `http://127.0.0.1:${server.address().port}/`, changed, close };
}
