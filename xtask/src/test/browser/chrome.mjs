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
    tab.noise = [];
    tab.requests = [];
    await tab.renew();
    return tab;
  }

  async renew() {
    this.page = await this.context.newPage();
    this.page.on('console', (message) => ['error', 'warning'].includes(message.type()) && this.noise.push(`console: ${message.text()}`));
    this.page.on('pageerror', (error) => this.noise.push(`page error: ${error}`));
    this.page.on('dialog', (dialog) => {
      this.noise.push(`a dialog says ${dialog.message()}`);
      dialog.dismiss();
    });
    // A data: address stands in the page and asks nobody.
    this.page.on('request', (request) => request.url().startsWith('data:') || this.requests.push(request.url()));
    await this.page.addInitScript(() => {
      window.violations = [];
      addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} blocks ${event.blockedURI}`));
    });
  }

  async visit(url) {
    // Between two addresses that differ in their hash alone nothing would load.
    await this.page.goto('about:blank');
    this.noise.length = 0;
    this.requests.length = 0;
    try {
      await this.page.goto(url);
    } catch (error) {
      // The browser goes on to a page of its own, in the way of whoever visits next.
      await this.page.close();
      await this.renew();
      throw error;
    }
    this.home = url;
    return this.page;
  }

  async close() {
    await this.context.close();
  }
}
