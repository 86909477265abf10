// How photos come in, and moving around on one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { changing, decode, frame, inRepo, openPhoto, openSample, save, step } from './app.js';
import { expectClean, watch } from './watch.js';

const PHOTOS = process.env.SMP_PHOTOS ?? '/nowhere';
const FRONT = inRepo('public/samples/front_dark.jpg');

/** Gives the page a file as a drop or a paste would. */
const give = (page, kind, path) =>
  page.evaluate(([kind, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'photo.jpg', { type: 'image/jpeg' }));
    const event = kind === 'drop'
      ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
      : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
    return event.defaultPrevented;
  }, [kind, readFileSync(path).toString('base64')]);

for (const kind of ['drop', 'paste']) {
  test(`a photo comes in by ${kind}`, async ({ page, baseURL }) => {
    const seen = await watch(page, baseURL);
    await page.goto('/');
    await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'empty');
    expect(await give(page, kind, FRONT), 'the browser must not open the file itself').toBe(true);
    await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'ready');
    await expect(page.locator('.photo')).toHaveCSS('width', '335px');
    await expectClean(page, seen);
  });
}

test('another photo of the same size is another photo', async ({ page, baseURL }) => {
  const seen = await watch(page, baseURL);
  await page.goto('/');
  await openSample(page, 'sample-front-dark');
  await expect(page.getByRole('tab', { name: 'Hairline' })).toHaveAttribute('aria-selected', 'true');
  await openPhoto(page, FRONT);
  await expect(page.getByRole('tab', { name: 'Place' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('.guide')).toContainText('right eye');
  await expectClean(page, seen);
});

test('the camera is asked for by its own button', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByTestId('take-photo')).toHaveAttribute('capture', 'environment');
  await expect(page.getByTestId('choose-photo')).not.toHaveAttribute('capture', /.*/);
});

test('every kind of picture opens upright, also those the browser does not know', async ({ page, baseURL }) => {
  test.skip(!existsSync(PHOTOS), 'no shared/photos beside this checkout: formats are not tried in the browser');
  test.setTimeout(120_000);
  const seen = await watch(page, baseURL);
  await page.goto('/');
  // Turned by their Exif orientation, decoded by us (TIFF), reduced (48 MP).
  for (const [file, width, height] of [
    ['formats/exif_portrait_6.jpg', 'narrow'],
    ['formats/exif_landscape_6.jpg', 'wide'],
    ['formats/head_lzw.tif'],
    ['formats/head24.bmp'],
    ['formats/head_lossy.webp'],
    ['formats/head_48MP_8064x6048.jpg', 2048, 1536],
  ].map(([file, a, b]) => [join(PHOTOS, file), a, b])) {
    await openPhoto(page, file);
    await expect(page.getByTestId('notice')).toHaveText('');
    const size = await page.locator('.photo').evaluate((e) => [parseFloat(e.style.width), parseFloat(e.style.height)]);
    if (width === 'narrow') expect(size[1], file).toBeGreaterThan(size[0]);
    else if (width === 'wide') expect(size[0], file).toBeGreaterThan(size[1]);
    else if (width) expect(size, file).toEqual([width, height]);
    expect(Math.max(...size)).toBeLessThanOrEqual(2048);
  }
  await expectClean(page, seen);
});

test('a large photo is saved at its own size', async ({ page, baseURL }) => {
  const file = join(PHOTOS, 'heads/pif_bald_glasses_white_3840.jpg');
  test.skip(!existsSync(file), 'no shared/photos beside this checkout: no large photo to save');
  test.setTimeout(120_000);
  const seen = await watch(page, baseURL);
  await page.goto('/');
  await openPhoto(page, file);
  await changing(page, () => page.getByText('From above').click());
  await step(page, 'Density');
  const shown = Number(await page.getByTestId('stage').getAttribute('data-impressions'));
  expect(shown).toBeGreaterThan(1000);
  const { bytes } = await save(page, 'jpeg');
  const picture = await decode(page, bytes);
  expect([picture.width, picture.height]).toEqual([3840, 3840]);
  await expectClean(page, seen);
});

test('wheel, drag and pinch move the photo and draw nothing', async ({ page, baseURL }) => {
  const seen = await watch(page, baseURL);
  await page.goto('/');
  await openSample(page, 'sample-front-light');
  await step(page, 'Density');
  const drawn = await frame(page);
  const look = () => page.locator('.photo').evaluate((e) => e.style.transform.match(/-?[\d.]+/g).map(Number));
  const [, , fitted] = await look();
  const box = await page.getByTestId('stage').boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -300);
  await expect.poll(async () => (await look())[2]).toBeGreaterThan(fitted * 1.5);

  const [left, top] = await look();
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 30, { steps: 4 });
  await page.mouse.up();
  const [movedLeft, movedTop] = await look();
  expect(movedLeft - left).toBeCloseTo(40, 0);
  expect(movedTop - top).toBeCloseTo(30, 0);

  await page.getByRole('button', { name: 'Fit' }).click();
  await expect.poll(async () => (await look())[2]).toBeCloseTo(fitted, 3);
  await page.getByRole('button', { name: '100 %' }).click();
  await expect.poll(async () => (await look())[2]).toBeCloseTo(1, 3);
  await page.getByRole('button', { name: 'Fit' }).click();

  const touch = await page.context().newCDPSession(page);
  const fingers = (gap) => [{ x: x - gap, y, id: 1 }, { x: x + gap, y, id: 2 }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(40) });
  for (const gap of [60, 80, 100]) {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(gap) });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect.poll(async () => (await look())[2]).toBeGreaterThan(fitted * 2);

  await page.mouse.move(0, 0);
  const hold = await page.getByTestId('hold').boundingBox();
  await page.mouse.move(hold.x + 20, hold.y + 20);
  await page.mouse.down();
  await expect(page.locator('.photo')).toHaveCSS('--split', '100%');
  await page.mouse.up();
  await expect(page.locator('.photo')).toHaveCSS('--split', '0%');
  expect(await frame(page)).toBe(drawn);
  await expectClean(page, seen);
});
