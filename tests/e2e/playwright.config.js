// Run by `cargo xtask test`, which builds and serves the site and says where.
import { defineConfig, devices } from '@playwright/test';
import { BROWSER_ARGS } from '../browser.js';

const { SMP_BASE_URL, SMP_BROWSER, SMP_REPORT } = process.env;
if (!SMP_BASE_URL || !SMP_BROWSER) throw new Error('run these by `cargo xtask test`');

export default defineConfig({
  testDir: '.',
  outputDir: '../../target/e2e',
  // Generous: no flow times anything, and the machine may be small.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  retries: 0,
  // Two at a time: a flow mostly waits for one thread of its page.
  workers: 2,
  forbidOnly: true,
  reporter: SMP_REPORT ? [['list'], ['json', { outputFile: SMP_REPORT }]] : [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: SMP_BASE_URL,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: SMP_BROWSER,
      args: BROWSER_ARGS,
    },
  },
});
