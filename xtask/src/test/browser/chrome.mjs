// A headless Chromium, and tabs that record errors and requests of their pages.
import { createRequire } from 'node:module';
import { join } from 'node:path';

// Switches that prevent the browser from using the network without being asked.
const SWITCHES = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// TOOLS contains node_modules with playwright-core and axe-core.
export function required(tools) {
  return createRequire(join(tools, 'node_modules', 'index.js'));
}

export async function launch(tools) {
  const { chromium } = required(tools)('playwright-core');
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: SWITCHES });
}

// A tab with its requests and errors since the last `visit`.
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
      this.noise.push(`a dialog opened: ${dialog.message()}`);
      dialog.dismiss();
    });
    // A data: address is part of the page and causes no request.
    this.page.on('request', (request) => request.url().startsWith('data:') || this.requests.push(request.url()));
    await this.page.addInitScript(() => {
      window.violations = [];
      addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} blocks ${event.blockedURI}`));
    });
  }

  async visit(url) {
    // Nothing would load between two addresses that differ only in their hash.
    await this.page.goto('about:blank');
    this.noise.length = 0;
    this.requests.length = 0;
    try {
      await this.page.goto(url);
    } catch (error) {
      // The browser then opens its error page, which would disturb the next visit.
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
