// Treated areas, strokes of treatment, scars, and a plan that outlives a reload.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { changing, frameAfter, inRepo, inWindow, keep, onStage, openPhoto, paint, slide, step } from './app.js';
import { test } from './watch.js';

const FRONT = inRepo('public/samples/front_light.jpg');
const impressions = async (page) => Number(await page.getByTestId('stage').getAttribute('data-impressions'));
const picture = async (page) => (await onStage(page, 'after')).data;
const zone = (page, label) => changing(page, () => page.getByTestId('zone').selectOption({ label }));

/** Over the thin crown of hl_top_diffuse_thinning.jpg. */
const CROWN = [[0.35, 0.18], [0.55, 0.16], [0.7, 0.22], [0.7, 0.3], [0.5, 0.22], [0.45, 0.32], [0.6, 0.34]];

/** A photo of the shared set; skips where it is not there. */
function shared(name) {
  const path = join(process.env.SMP_PHOTOS ?? '', 'heads', name);
  test.skip(!process.env.SMP_PHOTOS || !existsSync(path), `the shared photo ${name} is not here`);
  return path;
}

/** Mean light of a disc of a picture, in longer edges, and that of its darkest tenth. */
function light({ width, height, data }, [u, v], radius) {
  const longer = Math.max(width, height);
  const lights = [];
  for (let y = Math.floor((v - radius) * longer); y < (v + radius) * longer; y++) {
    for (let x = Math.floor((u - radius) * longer); x < (u + radius) * longer; x++) {
      const i = (y * width + x) * 4;
      const linear = [0.2126, 0.7152, 0.0722].map((share, c) => share * (data[i + c] / 255) ** 2.2);
      lights.push(linear[0] + linear[1] + linear[2]);
    }
  }
  lights.sort((a, b) => a - b);
  const mean = (part) => part.reduce((a, b) => a + b, 0) / part.length;
  return { mean: mean(lights), dark: mean(lights.slice(0, lights.length / 10)) };
}

test('a class of hair loss is filled in three taps, and undo gives the first picture', async ({ app: page }) => {
  await openPhoto(page, FRONT);
  await expect(page.getByTestId('status')).toContainText('Face found');
  await frameAfter(page, '0');
  const [all, first] = [await impressions(page), await picture(page)];
  await step(page, 'Density');
  await zone(page, 'Norwood II');
  const temples = await impressions(page);
  expect(temples).toBeGreaterThan(0);
  await zone(page, 'Norwood VI');
  const top = await impressions(page);
  expect(top).toBeGreaterThan(temples);
  expect(top).toBeLessThanOrEqual(all);
  // Few of the photo's pixels, but plainly: the top of the head is seen to be darker.
  const [was, is] = [(await onStage(page, 'before')).data, await picture(page)];
  let plain = 0;
  for (let i = 1; i < is.length; i += 4) plain += was[i] - is[i] > 8;
  expect(plain).toBeGreaterThan(5000);
  await expect(page.getByTestId('count')).toContainText(/impressions on \d+ cm²/);
  await page.screenshot({ path: keep('zone_norwood6.png') });
  await changing(page, () => page.getByTestId('undo').click());
  await changing(page, () => page.getByTestId('undo').click());
  expect((await picture(page)).equals(first), 'the first picture, byte for byte').toBe(true);
  expect(await page.getByTestId('zone').inputValue()).toBe('0');
});

test('far receded hair with closed temples is warned of', async ({ app: page }) => {
  await openPhoto(page, FRONT);
  await frameAfter(page, '0');
  await step(page, 'Hairline');
  await slide(page, 'RecessionMm', 4);
  await expect(page.getByTestId('warnings')).not.toContainText('Young temples');
  await step(page, 'Density');
  await zone(page, 'Norwood VI');
  await expect(page.getByTestId('warnings')).toContainText('less than usual for Norwood VI');
});

test('a thinning crown seen from above is filled, and its hairs stay', async ({ app: page }) => {
  await openPhoto(page, shared('hl_top_diffuse_thinning.jpg'));
  await step(page, 'Place');
  await changing(page, () => page.getByText('From above').first().click());
  await step(page, 'Density');
  await zone(page, 'Crown');
  const little = await impressions(page);
  await step(page, 'Brush');
  await page.getByRole('radio', { name: 'Treat', exact: true }).check();
  await page.getByTestId('brush-width').fill('34');
  const before = light(await onStage(page, 'before'), [0.43, 0.22], 0.05);
  await changing(page, () => paint(page, CROWN));
  expect(await impressions(page)).toBeGreaterThan(little + 2000);
  await step(page, 'Density');
  await changing(page, () => page.getByTestId('density-fill').click());
  const after = light(await onStage(page, 'after'), [0.43, 0.22], 0.05);
  expect(after.mean).toBeLessThan(0.96 * before.mean);
  expect(after.dark).toBeGreaterThan(0.9 * before.dark);
  await page.screenshot({ path: keep('zone_crown.png') });
});

/** Nobody in the set has a strip scar: a real back of a head with a pale band over its clipped hair. */
async function scarred(page) {
  const path = shared('hl_back_dark_clipped.jpg');
  const base64 = await page.evaluate(async (encoded) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    context.strokeStyle = 'rgb(84 64 58)';
    context.lineWidth = 0.018 * bitmap.width;
    context.filter = 'blur(1px)';
    context.beginPath();
    context.moveTo(0.35 * bitmap.width, 0.45 * bitmap.height);
    context.lineTo(0.65 * bitmap.width, 0.45 * bitmap.height);
    context.stroke();
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
  }, readFileSync(path).toString('base64'));
  return { name: 'scar.png', mimeType: 'image/png', buffer: Buffer.from(base64, 'base64') };
}

/** How much brighter than the hair below it the scar is. */
async function contrast(page, which) {
  const shown = await onStage(page, which);
  return light(shown, [0.5, 0.45], 0.006).mean / light(shown, [0.5, 0.5], 0.02).mean;
}

test('a strip scar is hidden in part, and honestly stays in part', async ({ app: page }) => {
  await openPhoto(page, await scarred(page));
  await step(page, 'Place');
  await changing(page, () => page.getByText('From behind').first().click());
  // The hair around the scar is the person's own.
  await step(page, 'Density');
  await zone(page, 'Crown');
  await step(page, 'Brush');
  await page.getByRole('radio', { name: 'Strip scar' }).check();
  await expect(page.getByTestId('explained')).toContainText('some of it will always show');
  await page.getByTestId('brush-width').fill('5');
  await changing(page, () => paint(page, [[0.35, 0.45], [0.5, 0.45], [0.65, 0.45]]));
  await page.screenshot({ path: keep('scar.png') });
  const [bare, treated] = [await contrast(page, 'before'), await contrast(page, 'after')];
  expect(bare).toBeGreaterThan(1.5);
  expect(treated).toBeLessThan(0.85 * bare);
  expect(treated).toBeGreaterThan(1.02);
  await changing(page, () => page.getByTestId('undo').click());
  expect(await contrast(page, 'after')).toBeCloseTo(await contrast(page, 'before'), 1);
});

/** Goes to a step by keys. */
async function chooseStep(page, name) {
  await page.getByRole('tab', { selected: true }).focus();
  while ((await page.locator(':focus').textContent()) !== name) await page.keyboard.press('ArrowRight');
}

/** Chooses by the arrows from where the photo shows the head. */
async function seeFrom(page, name) {
  const view = page.getByRole('radio', { name });
  await page.locator('input[name=view]').first().focus();
  await changing(page, async () => {
    for (let i = 0; i < 6 && !(await view.isChecked()); i++) await page.keyboard.press('ArrowDown');
  });
}

/** Chooses what the brush paints by so many arrows down. One group: they go on from hair to the kinds of treatment. */
async function brushWith(page, name, downs) {
  await page.getByRole('radio', { name: 'Hair', exact: true }).focus();
  for (let i = 0; i < downs; i++) await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name, exact: true })).toBeChecked();
}

/** Moves the brush to a point by the arrows, as somebody who looks would. In longer edges of the photo. */
async function go(page, to) {
  const brush = page.getByTestId('brush');
  for (let i = 0; i < 60; i++) {
    const box = await brush.boundingBox();
    const [x, y] = await inWindow(page, to);
    const [right, down] = [x - box.x - box.width / 2, y - box.y - box.height / 2];
    const far = Math.max(Math.abs(right), Math.abs(down));
    if (far < 3) return;
    const arrow = Math.abs(right) === far ? (right > 0 ? 'ArrowRight' : 'ArrowLeft') : down > 0 ? 'ArrowDown' : 'ArrowUp';
    await page.keyboard.press(far > 40 ? `Shift+${arrow}` : arrow);
  }
}

/** Leads the focused brush along points with the space bar held. */
async function paintByKeys(page, [first, ...rest]) {
  await go(page, first);
  await changing(page, async () => {
    await page.keyboard.down(' ');
    for (const point of rest) await go(page, point);
    await page.keyboard.up(' ');
  });
}

test('a crown seen from above by keyboard alone', async ({ app: page }) => {
  await openPhoto(page, shared('hl_top_diffuse_thinning.jpg'));
  await chooseStep(page, 'Place');
  await seeFrom(page, 'From above');
  await chooseStep(page, 'Density');
  await page.keyboard.press('Tab');
  await changing(page, () => page.keyboard.press('c'));
  const [little, first] = [await impressions(page), await picture(page)];
  await chooseStep(page, 'Brush');
  await brushWith(page, 'Treat', 3);
  await page.getByTestId('brush-width').focus();
  for (let i = 0; i < 60 && (await page.getByTestId('brush-width').inputValue()) < 34; i++) await page.keyboard.press('ArrowRight');
  await page.getByTestId('brush').focus();
  await paintByKeys(page, CROWN);
  expect(await impressions(page)).toBeGreaterThan(little + 2000);
  await chooseStep(page, 'Density');
  const before = light(await onStage(page, 'before'), [0.43, 0.22], 0.05);
  await page.getByTestId('density-fill').focus();
  await changing(page, () => page.keyboard.press('Enter'));
  const after = light(await onStage(page, 'after'), [0.43, 0.22], 0.05);
  expect(after.mean).toBeLessThan(0.96 * before.mean);
  expect(after.dark).toBeGreaterThan(0.9 * before.dark);
  await changing(page, () => page.keyboard.press('Control+z'));
  await changing(page, () => page.keyboard.press('Control+z'));
  expect((await picture(page)).equals(first), 'the picture before it was painted').toBe(true);
});

test('a scar by keyboard alone', async ({ app: page }) => {
  await openPhoto(page, await scarred(page));
  await chooseStep(page, 'Place');
  await seeFrom(page, 'From behind');
  await chooseStep(page, 'Density');
  await page.keyboard.press('Tab');
  await changing(page, () => page.keyboard.press('c'));
  const first = await picture(page);
  await chooseStep(page, 'Brush');
  await brushWith(page, 'Strip scar', 6);
  await page.getByTestId('brush-width').focus();
  while ((await page.getByTestId('brush-width').inputValue()) > 5) await page.keyboard.press('ArrowLeft');
  await page.getByTestId('brush').focus();
  await paintByKeys(page, [[0.36, 0.45], [0.64, 0.45]]);
  await expect(page.getByTestId('stage')).toHaveAttribute('data-settled', 'true');
  expect(await contrast(page, 'after')).toBeLessThan(0.85 * (await contrast(page, 'before')));
  await changing(page, () => page.keyboard.press('Control+z'));
  expect((await picture(page)).equals(first), 'the picture without the scar treated').toBe(true);
});

test('a class of hair loss by keyboard alone, and undo back to the start', async ({ app: page }) => {
  await openPhoto(page, FRONT);
  await frameAfter(page, '0');
  const first = await picture(page);
  await chooseStep(page, 'Density');
  await page.keyboard.press('Tab');
  await changing(page, () => page.keyboard.type('Norwood VI'));
  await expect(page.getByTestId('zone').locator('option:checked')).toHaveText('Norwood VI');
  const undo = page.getByTestId('undo');
  for (let i = 0; i < 10 && (await undo.getAttribute('aria-disabled')) !== 'true'; i++) {
    await changing(page, () => page.keyboard.press('Control+z'));
  }
  await expect(undo).toHaveAttribute('aria-disabled', 'true');
  expect((await picture(page)).equals(first), 'the first picture, byte for byte').toBe(true);
});

test('an area and a stamp by keyboard alone', async ({ app: page }) => {
  await openPhoto(page, FRONT);
  await frameAfter(page, '0');
  const first = await picture(page);
  await chooseStep(page, 'Density');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('zone')).toBeFocused();
  await changing(page, () => page.keyboard.press('c'));
  await expect(page.getByTestId('zone')).toHaveValue('3');
  const crown = await impressions(page);
  await chooseStep(page, 'Brush');
  await brushWith(page, 'Treat', 3);
  await page.getByTestId('brush').focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowUp');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
  await changing(page, () => page.keyboard.press(' '));
  expect(await impressions(page)).toBeGreaterThan(crown);
  await changing(page, () => page.keyboard.press('Control+z'));
  await changing(page, () => page.keyboard.press('Control+z'));
  expect((await picture(page)).equals(first), 'the first picture, byte for byte').toBe(true);
});

test('a reload keeps the plan for the same photo, and for no other', async ({ app: page }) => {
  await expect(page.getByTestId('kept')).toHaveCount(0);
  await openPhoto(page, FRONT);
  await frameAfter(page, '0');
  await step(page, 'Density');
  await slide(page, 'DensityPerCm2', 200);
  await zone(page, 'Frontal');
  await step(page, 'Brush');
  await changing(page, () => paint(page, [[0.4, 0.1], [0.5, 0.09]]));
  const last = await picture(page);
  await page.reload();
  await expect(page.getByTestId('kept')).toBeVisible();
  await openPhoto(page, FRONT);
  await expect(page.getByTestId('notice')).toContainText('is back');
  await step(page, 'Density');
  await expect(page.getByTestId('zone')).toHaveValue('1');
  await expect(page.locator('input[type=range][data-param="DensityPerCm2"]')).toHaveValue('200');
  await expect(page.getByTestId('stage')).toHaveAttribute('data-settled', 'true');
  await expect.poll(async () => (await picture(page)).equals(last), 'the same picture').toBe(true);
  // It is where the person starts from again.
  await expect(page.getByTestId('undo')).toHaveAttribute('aria-disabled', 'true');

  await page.reload();
  await openPhoto(page, inRepo('public/samples/side.jpg'));
  await expect(page.getByTestId('notice')).not.toContainText('is back');
});
