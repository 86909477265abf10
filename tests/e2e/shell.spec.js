import { expect } from '@playwright/test';
import { expectClean, test, watch, workerReady } from './watch.js';

test('the page and its worker start under the production headers', async ({ page, baseURL }) => {
  const seen = await watch(page, baseURL);
  const response = await page.goto('/');
  expect(response.headers()['content-security-policy']).toContain("require-trusted-types-for 'script'");
  await expect(page.getByRole('heading', { name: 'SMP Visualizer' })).toBeVisible();
  await workerReady(page);
  // The shell's status line goes when the page's wasm takes over.
  await expect(page.locator('#start-status')).toHaveCount(0);
  await expectClean(page, seen);
});

test('the policy is in force', async ({ page, baseURL }) => {
  await watch(page, baseURL);
  await page.goto('/');
  const refused = await page.evaluate(async () => {
    const outcome = {};
    const attempt = (name, act) => {
      try {
        act();
        outcome[name] = 'let in';
      } catch (error) {
        outcome[name] = error.name;
      }
    };
    attempt('a foreign worker', () => new Worker('./other.js', { type: 'module' }));
    attempt('markup that runs', () => {
      document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>';
    });
    attempt('another policy', () => trustedTypes.createPolicy('other', {}));
    // In a turn of its own: the test tool may do what the page may not.
    await new Promise((done) => setTimeout(done));
    await new Promise((done) => setTimeout(() => done(attempt('eval', () => (0, eval)('1')))));
    return outcome;
  });
  expect(Object.values(refused)).not.toContain('let in');
});

test('without wasm the shell says what to do', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'SMP Visualizer' })).toBeVisible();
  await expect(page.getByRole('status')).toContainText('could not start');
  await expect(page.getByRole('status')).toContainText('Reload this page');
});

test('while wasm does not come the shell says that too', async ({ page }) => {
  await page.clock.install();
  await page.route('**/*.wasm', () => {});
  await page.goto('/');
  await expect(page.getByRole('status')).toContainText('Getting the preview ready');
  await page.clock.fastForward(15_001);
  await expect(page.getByRole('status')).toContainText('longer than usual');
});

test('a missing file is missing', async ({ request }) => {
  expect((await request.get('/assets/nothing.js')).status()).toBe(404);
});
