// One headless Chromium, and pages in it that note what they should never do.
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The switches keep the browser from asking a network for anything on its own.
const SWITCHES = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// TOOLS holds node_modules with playwright-core and axe-core.
export function required(tools) {
  return createRequire(join(tools, 'node_modules', 'index.js'));
}

export async function launch(tools) {
  const { chromium } = required(tools)('playwright-core');
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: SWITCHES });
}

// A tab of its own, with what it asks for and what goes wrong in it since the last `visit`.
export class Tab {
  static async open(browser, options = {}) {
    const tab = new Tab();
    tab.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    tab.page = await tab.context.newPage();
    tab.noise = [];
    tab.requests = [];
    tab.page.on('console', (message) => ['error', 'warning'].includes(message.type()) && tab.noise.push(`console: ${message.text()}`));
    tab.page.on('pageerror', (error) => tab.noise.push(`page error: ${error}`));
    tab.page.on('dialog', (dialog) => {
      tab.noise.push(`a dialog says ${dialog.message()}`);
      dialog.dismiss();
    });
    // A data: address stands in the page and asks nobody.
    tab.page.on('request', (request) => request.url().startsWith('data:') || tab.requests.push(request.url()));
    await tab.page.addInitScript(() => {
      window.violations = [];
      addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} blocks ${event.blockedURI}`));
    });
    return tab;
  }

  async visit(url) {
    this.noise.length = 0;
    this.requests.length = 0;
    // Between two addresses that differ in their hash alone nothing would load.
    await this.page.goto('about:blank');
    this.noise.length = 0;
    this.requests.length = 0;
    await this.page.goto(url);
    this.home = url;
    return this.page;
  }

  async close() {
    await this.context.close();
  }
}
