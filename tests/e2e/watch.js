// What every flow must hold: no error, no violation of the content security
// policy, no request to anyone else.
import { test as base, expect } from '@playwright/test';

/** Kinds of messages (src/protocol): responses of the render worker, and requests to it. */
const READY = 0;
const RENDERED = 3;
const RENDER = 2;
const TRAP = 9;

/**
 * Tests with `app`, the page opened at its start, which has to have kept to
 * the rules when the test ends. Where something is made to go wrong, ask for
 * `page` and `watch` it.
 */
export const test = base.extend({
  app: async ({ page, baseURL }, use) => {
    const seen = await watch(page, baseURL);
    await page.goto('/');
    await use(page);
    await expectClean(page, seen);
  },
});

/** Starts listening on a page that has not been opened yet. */
export async function watch(page, baseURL) {
  const seen = { errors: [], foreign: [] };
  const origin = new URL(baseURL).origin;
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text());
  });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) seen.foreign.push(url.href);
  });
  await page.addInitScript(({ render, rendered }) => {
    globalThis.smpViolations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.smpViolations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
    // Bytes on their way out of the page.
    globalThis.smpBase64 = (bytes) => {
      let text = '';
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return btoa(text);
    };
    // Every message of every worker, for the flows to look at, and how many
    // frames the render worker still owes.
    globalThis.smpMessages = [];
    globalThis.smpWorkers = [];
    globalThis.smpFramesOwed = 0;
    globalThis.Worker = class extends Worker {
      constructor(url, options) {
        super(url, options);
        this.renders = options?.name === 'render';
        globalThis.smpWorkers.push(this);
        this.addEventListener('message', ({ data }) => {
          globalThis.smpMessages.push(data?.[0]);
          if (this.renders && data?.[0] === rendered) globalThis.smpFramesOwed--;
        });
      }

      postMessage(message, ...rest) {
        if (this.renders && message[0] === render) globalThis.smpFramesOwed++;
        super.postMessage(message, ...rest);
      }

      terminate() {
        if (this.renders) globalThis.smpFramesOwed = 0;
        super.terminate();
      }
    };
  }, { render: RENDER, rendered: RENDERED });
  return seen;
}

/** Waits until every frame that was asked for has been drawn, and none was asked for since. */
export async function drawn(page) {
  let last = -1;
  let owed = 1;
  let now = 0;
  while (owed > 0 || now !== last) {
    last = now;
    await page.waitForTimeout(100);
    [owed, now] = await page.evaluate(() => [globalThis.smpFramesOwed, globalThis.smpMessages.length]);
  }
}

/** Fails unless the page has kept to the rules until now. */
export async function expectClean(page, seen) {
  expect(await page.evaluate(() => globalThis.smpViolations)).toEqual([]);
  expect(seen.errors).toEqual([]);
  expect(seen.foreign).toEqual([]);
}

/** Has the render worker die. */
export const trap = (page) =>
  page.evaluate((kind) => globalThis.smpWorkers[0].postMessage([kind, new Float64Array(0), '']), TRAP);

/** Waits until the render worker has said that it is ready. */
export async function workerReady(page) {
  await page.waitForFunction((ready) => globalThis.smpMessages.includes(ready), READY);
}
