// What a person does, in words the flows can use.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { drawn } from './watch.js';

/** A file of the repository. */
export const inRepo = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where the flows keep what is to be looked at. */
export const keep = (name) => inRepo(`target/e2e-screens/${name}`);

/** Opens a photo by its file and waits for it to stand on the stage, and for a face to be found or not. */
export async function openPhoto(page, file) {
  await givePhoto(page, file);
  // In the Place step it says so; once a face is found the page has gone on.
  await expect(page.locator('[data-finding=looking]')).toHaveCount(0, { timeout: 20_000 });
}

/** Opens a photo by its file and waits for it to stand on the stage. */
export async function givePhoto(page, file) {
  const first = (await page.getByTestId('app').getAttribute('data-state')) !== 'ready';
  const opened = page.getByTestId('status').filter({ hasText: 'Photo opened' });
  await page.getByTestId(first ? 'choose-photo' : 'new-photo').setInputFiles(file);
  await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'ready', { timeout: 30_000 });
  await expect(opened).toHaveCount(1);
}

/** Pages whose models are held back. */
const held = new WeakSet();

/** Lets no model through, so that a search lasts until the person ends it, and all scalp counts as bare. */
export async function holdModels(page) {
  held.add(page);
  await page.context().route(/\.tflite$/, () => {});
}

/** Opens a photo whose head the person wants to place by hand. */
export async function openPhotoByHand(page, file) {
  await holdModels(page);
  await givePhoto(page, file);
  await expect(page.getByTestId('find-note')).toContainText('neither stored nor sent');
  await page.getByRole('button', { name: 'Place by hand instead' }).click();
}

/** Opens one of the samples, whose head is placed already. */
export async function openSample(page, id) {
  await page.getByTestId(id).click();
  await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'ready');
  await frameAfter(page, '0');
}

/** The number of the frame on the stage. */
export const frame = (page) => page.getByTestId('stage').getAttribute('data-frame');

/** Waits for a later frame than this one, and for the last of a row: where the head has moved, scalp and hair are read anew. */
export async function frameAfter(page, before) {
  const stage = page.getByTestId('stage');
  await expect(stage).not.toHaveAttribute('data-frame', before, { timeout: 20_000 });
  if (!held.has(page)) await expect(stage).toHaveAttribute('data-settled', 'true', { timeout: 20_000 });
  await drawn(page);
}

/** Does something that changes the picture, and waits until it has. */
export async function changing(page, act) {
  const before = await frame(page);
  await act();
  await frameAfter(page, before);
}

/** Goes to a step. */
export const step = (page, name) => page.getByRole('tab', { name }).click();

/** Moves a slider to a value. */
export async function slide(page, id, value) {
  const slider = page.locator(`input[type=range][data-param="${id}"]`);
  if (Number(await slider.inputValue()) === value) return;
  await changing(page, () => slider.fill(String(value)));
}

/** Where a point of the photo is in the window. In longer edges of the photo. */
export async function inWindow(page, [u, v]) {
  const box = await page.locator('.photo').boundingBox();
  const longer = Math.max(box.width, box.height);
  return [box.x + u * longer, box.y + v * longer];
}

/** Taps a point of the photo. In longer edges of the photo. */
export async function tapPhoto(page, point) {
  await page.mouse.click(...(await inWindow(page, point)));
}

/** Leads the brush along points of the photo. */
export async function paint(page, [first, ...rest]) {
  await page.mouse.move(...(await inWindow(page, first)));
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...(await inWindow(page, point)), { steps: 4 });
  await page.mouse.up();
}

/** Drags a marker to a point of the photo. */
export async function dragMarker(page, name, to) {
  const box = await page.locator(`[data-marker="${name}"]`).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  const [x, y] = await inWindow(page, to);
  await page.mouse.move(x + 3, y + 3);
  await page.mouse.move(x, y);
  await page.mouse.up();
}

/** The skull's outline that the page draws, as points in px of the photo. */
export async function skull(page) {
  await step(page, 'Place');
  const path = await page.locator('path.skull').first().getAttribute('d');
  return path
    .replace(/[MZ]/g, '')
    .split('L')
    .map((point) => point.split(' ').map(Number));
}

/** Saves a picture and gives its bytes. */
export async function save(page, format) {
  await step(page, 'Save');
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    page.getByTestId(`save-${format}`).click(),
  ]);
  const path = await download.path();
  await expect(page.getByTestId('export-progress')).toHaveCount(0);
  return { bytes: readFileSync(path), path, name: download.suggestedFilename() };
}

/** Saves the plan and gives the file's path. */
export async function savePlan(page) {
  await step(page, 'Save');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('save-plan').click()]);
  return download.path();
}

/** Decodes a picture by the browser: width, height and RGBA. */
export async function decode(page, bytes) {
  const { width, height, base64 } = await page.evaluate(async (encoded) => {
    const file = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([file]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, base64: globalThis.smpBase64(data) };
  }, bytes.toString('base64'));
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/** What stands on the stage: width, height and RGBA of the photo or the preview. */
export async function onStage(page, which) {
  const canvas = page.locator(`.photo canvas.${which}`);
  const { width, height, base64 } = await canvas.evaluate((shown) => {
    const copy = new OffscreenCanvas(shown.width, shown.height);
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(shown, 0, 0);
    const { data } = context.getImageData(0, 0, shown.width, shown.height);
    return { width: shown.width, height: shown.height, base64: globalThis.smpBase64(data) };
  });
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/** Tells whether a point lies in a convex polygon, or within `margin` of it. */
export function insideOf(polygon, margin) {
  const cx = polygon.reduce((sum, p) => sum + p[0], 0) / polygon.length;
  const cy = polygon.reduce((sum, p) => sum + p[1], 0) / polygon.length;
  return (x, y) => {
    const far = Math.hypot(x - cx, y - cy) || 1;
    // Moved towards the middle by the margin: enough for a convex outline.
    const [px, py] = [x - ((x - cx) / far) * margin, y - ((y - cy) / far) * margin];
    let inside = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      const [xi, yi] = polygon[i];
      const [xj, yj] = polygon[j];
      if (yi > py !== yj > py && px < ((xj - xi) * (py - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  };
}
