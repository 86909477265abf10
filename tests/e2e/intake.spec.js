// How photos come in, and moving around on one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { changing, decode, frame, inRepo, openPhoto, openPhotoByHand, openSample, save, step } from './app.js';
import { test } from './watch.js';

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
  test(`a photo comes in by ${kind}`, async ({ app: page }) => {
    await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'empty');
    expect(await give(page, kind, FRONT), 'the browser must not open the file itself').toBe(true);
    await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'ready');
    await expect(page.locator('.photo')).toHaveCSS('width', '335px');
  });
}

test('another photo of the same size is another photo', async ({ app: page }) => {
  await openSample(page, 'sample-front-dark');
  await expect(page.getByRole('tab', { name: 'Hairline' })).toHaveAttribute('aria-selected', 'true');
  await openPhotoByHand(page, FRONT);
  await expect(page.getByRole('tab', { name: 'Place' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('.guide')).toContainText('right eye');
});

test('the camera is asked for by its own button', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByTestId('take-photo')).toHaveAttribute('capture', 'environment');
  await expect(page.getByTestId('choose-photo')).not.toHaveAttribute('capture', /.*/);
});

test('every kind of picture opens upright, also those the browser does not know', async ({ app: page }) => {
  test.skip(!existsSync(PHOTOS), 'no shared/photos beside this checkout: formats are not tried in the browser');
  test.setTimeout(120_000);
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
});

test('what reads rare pictures is fetched when one is met, and again after a failure', async ({ app: page }) => {
  // A grey field as a portable pixmap, which no browser reads.
  const file = {
    name: 'field.ppm',
    mimeType: 'image/x-portable-pixmap',
    buffer: Buffer.concat([Buffer.from('P6\n240 160\n255\n'), Buffer.alloc(240 * 160 * 3, 128)]),
  };
  let asked = 0;
  await page.context().route(/rare_formats/, (route) => {
    asked += 1;
    return route.abort();
  });
  expect(asked, 'nobody waits for it who does not need it').toBe(0);
  await page.getByTestId('choose-photo').setInputFiles(file);
  await expect(page.getByTestId('notice')).toContainText('could not be fetched');
  expect(asked).toBeGreaterThan(0);
  await page.context().unroute(/rare_formats/);
  await page.getByTestId('choose-photo').setInputFiles(file);
  await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'ready');
  await expect(page.locator('.photo')).toHaveCSS('width', '240px');
});

/**
 * How alike the light is that the preview takes from its photo and a saved
 * picture from its original: the correlation over a common grid, and the same
 * with one of the two moved by three cells.
 */
const alike = (page, original, saved) =>
  page.evaluate(async (files) => {
    const cells = 1024;
    const green = (picture) => {
      const { width, height } = picture;
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      context.drawImage(picture, 0, 0);
      return { width, height, data: context.getImageData(0, 0, width, height).data };
    };
    const lost = (from, to) => {
      const [sums, counts] = [new Float64Array(cells * cells), new Float64Array(cells * cells)];
      // The lowest rows hold the notice.
      for (let y = 0; y < from.height * 0.9; y++) {
        for (let x = 0; x < from.width; x++) {
          const cell = Math.floor((y * cells) / from.height) * cells + Math.floor((x * cells) / from.width);
          const i = (y * from.width + x) * 4 + 1;
          sums[cell] += from.data[i] - to.data[i];
          counts[cell]++;
        }
      }
      return sums.map((sum, i) => (counts[i] ? sum / counts[i] : 0));
    };
    // Dots alone: the shadow around them is much the same a few cells away.
    const dots = (a) => a.map((v, i) => {
      const around = [i - 4, i + 4, i - 4 * cells, i + 4 * cells].map((j) => a[j] ?? 0);
      return v && v - around.reduce((sum, near) => sum + near, 0) / 4;
    });
    const correlation = (a, b, shift) => {
      const [left, right] = [[], []];
      for (let i = 0; i < a.length - shift; i++) {
        if (!a[i] && !b[i + shift]) continue;
        left.push(a[i]);
        right.push(b[i + shift]);
      }
      const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;
      const [ma, mb] = [mean(left), mean(right)];
      const product = (f, g) => f.reduce((sum, v, i) => sum + v * g[i], 0);
      const [da, db] = [left.map((v) => v - ma), right.map((v) => v - mb)];
      return product(da, db) / Math.sqrt(product(da, da) * product(db, db));
    };
    const onStage = (which) => green(document.querySelector(`.photo canvas.${which}`));
    const [original, saved] = await Promise.all(files.map(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
      return green(await createImageBitmap(new Blob([bytes])));
    }));
    const [shown, file] = [lost(onStage('before'), onStage('after')), lost(original, saved)].map(dots);
    return { inPlace: correlation(shown, file, 0), moved: correlation(shown, file, 3) };
  }, [original, saved].map((bytes) => bytes.toString('base64')));

test('a large photo is saved at its own size, with the dots of the preview', async ({ app: page }) => {
  const file = join(PHOTOS, 'heads/pif_bald_glasses_white_3840.jpg');
  test.skip(!existsSync(file), 'no shared/photos beside this checkout: no large photo to save');
  test.setTimeout(120_000);
  await openPhotoByHand(page, file);
  await changing(page, () => page.getByText('From above').click());
  await step(page, 'Density');
  const shown = Number(await page.getByTestId('stage').getAttribute('data-impressions'));
  expect(shown).toBeGreaterThan(1000);
  const { bytes } = await save(page, 'png');
  const picture = await decode(page, bytes);
  expect([picture.width, picture.height]).toEqual([3840, 3840]);
  const { inPlace, moved } = await alike(page, readFileSync(file), bytes);
  expect(inPlace).toBeGreaterThan(0.95);
  expect(moved).toBeLessThan(0.5);
});

test('wheel, drag and pinch move the photo and draw nothing', async ({ app: page }) => {
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
});
