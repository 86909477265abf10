// Looking like the person's own shaved hair: matched to it, told where that
// cannot be, and the two schools of impressions.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { changing, frame, frameAfter, keep, onStage, openPhoto, openSample, slide, step, tapPhoto } from './app.js';
import { test } from './watch.js';

const HEADS = join(process.env.SMP_PHOTOS ?? '/nowhere', 'heads');
const BESIDE = ['RightTemple', 'RightSide', 'Back', 'LeftSide', 'LeftTemple'];
const value = (page, id) => page.locator(`[data-param=${id}]`).inputValue();

test('density, size and shade continue shaved hair that is tapped, in one step back', async ({ app: page }) => {
  const file = join(HEADS, 'pif_shaved_studio_1950.jpg');
  test.skip(!existsSync(file), 'no shared/photos beside this checkout: this photo is not tried');
  const before = await frame(page).catch(() => '0');
  await openPhoto(page, file);
  await expect(page.getByTestId('status')).toContainText('Face found');
  await frameAfter(page, before);
  await step(page, 'Shade');
  const [dilution, warmth] = [await value(page, 'Dilution'), await value(page, 'Warmth')];
  await page.getByRole('button', { name: 'Pick stubble' }).click();
  // Stubble above the middle of the forehead, in shares of the photo.
  await changing(page, () => tapPhoto(page, [0.495, 0.104]));
  await expect(page.getByTestId('sides')).toContainText('continue your shaved hair');
  await page.screenshot({ path: keep('match-sides.png') });
  expect([await value(page, 'Dilution'), await value(page, 'Warmth')]).not.toEqual([dilution, warmth]);
  await step(page, 'Density');
  expect(await value(page, 'DensityPerCm2')).not.toBe('180');
  await changing(page, () => page.getByRole('button', { name: 'Undo' }).click());
  expect(await value(page, 'DensityPerCm2')).toBe('180');
  await step(page, 'Shade');
  expect([await value(page, 'Dilution'), await value(page, 'Warmth')]).toEqual([dilution, warmth]);
});

test('shaved hair that is there is found by itself, and on a photo without colours pigment has none', async ({ app: page }) => {
  const files = ['pif_shaved_flag.jpg', 'pif_shaved_sides_glasses_mono.jpg'].map((name) => join(HEADS, name));
  test.skip(!files.every(existsSync), 'no shared/photos beside this checkout: these photos are not tried');
  const [shaved, grey] = files;
  await openPhoto(page, shaved);
  await expect(page.getByTestId('status')).toContainText('Face found');
  await frameAfter(page, '0');
  await step(page, 'Shade');
  const dilution = await value(page, 'Dilution');
  await changing(page, () => page.getByTestId('match-sides').click());
  // It is clipped to 2 mm: its like in pigment would be what is warned of.
  await expect(page.getByTestId('sides')).toContainText('Clip it to 1 mm or less');
  await expect(page.getByTestId('warnings').locator('.warning:visible').filter({ hasText: 'Helmet' })).toHaveCount(1);
  await page.screenshot({ path: keep('match-long.png') });
  expect(await value(page, 'Dilution')).not.toBe(dilution);
  // Beside the hair around, too: each place of its own strength.
  await step(page, 'Density');
  const beside = await Promise.all(BESIDE.map((place) => value(page, `Beside${place}`)));
  expect(beside.some((times) => times !== '1')).toBe(true);
  // Little of this one is bare: what is seen of pigment has no colour.
  const last = await frame(page);
  await openPhoto(page, grey);
  await expect(page.getByTestId('status')).toContainText('Face found');
  await frameAfter(page, last);
  const [{ data: was }, { data: is }] = [await onStage(page, 'before'), await onStage(page, 'after')];
  let [coloured, changed] = [0, 0];
  for (let i = 0; i < is.length; i += 4) {
    changed += was[i] !== is[i];
    coloured += Math.abs(is[i] - is[i + 2]) > Math.abs(was[i] - was[i + 2]) + 1;
  }
  expect(changed).toBeGreaterThan(2000);
  expect(coloured).toBe(0);
});

test('short stubble that looks bare at a glance is found by itself; freckles are not', async ({ app: page }) => {
  const files = ['pif_shaved_studio_1950.jpg', 'pif_bald_smile_studio_rgba.png'].map((name) => join(HEADS, name));
  test.skip(!files.every(existsSync), 'no shared/photos beside this checkout: these photos are not tried');
  for (const [file, said] of [[files[0], 'continue your shaved hair'], [files[1], 'No shaved hair was found']]) {
    const before = await frame(page).catch(() => '0');
    await openPhoto(page, file);
    await expect(page.getByTestId('status')).toContainText('Face found');
    await frameAfter(page, before);
    await step(page, 'Shade');
    await page.getByTestId('match-sides').click();
    await expect(page.getByTestId('sides')).toContainText(said);
  }
});

test('strength beside the hair around is set by keyboard, and each step taken back', async ({ app: page }) => {
  await openSample(page, 'sample-front-light');
  await step(page, 'Density');
  await page.getByText('Blend into the hair around').press('Enter');
  const slider = page.locator('[data-param=BesideLeftTemple]');
  const { data: was } = await onStage(page, 'after');
  await changing(page, async () => {
    await slider.focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
  });
  expect(await slider.inputValue()).toBe('1.3');
  await expect.poll(async () => (await onStage(page, 'after')).data.some((v, i) => v < was[i])).toBe(true);
  const { data: is } = await onStage(page, 'after');
  // Its hue may shift by a few levels towards that of the shadow.
  expect(is.every((v, i) => v <= was[i] + 3)).toBe(true);
  await page.screenshot({ path: keep('beside.png') });
  await changing(page, async () => {
    for (let i = 0; i < 6; i++) await page.getByRole('button', { name: 'Undo' }).click();
  });
  expect(await slider.inputValue()).toBe('1');
  await expect.poll(async () => (await onStage(page, 'after')).data.every((v, i) => v === was[i])).toBe(true);
});

test('where there is no shaved hair beside bare skin it says what to do, and changes nothing', async ({ app: page }) => {
  const file = join(HEADS, 'hl_front_bald_eyesdown.jpg');
  test.skip(!existsSync(file), 'no shared/photos beside this checkout: this photo is not tried');
  await openPhoto(page, file);
  await expect(page.getByTestId('stage')).toHaveAttribute('data-settled', 'true', { timeout: 20_000 });
  await step(page, 'Shade');
  const dilution = await value(page, 'Dilution');
  await page.getByTestId('match-sides').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('sides')).toContainText('No shaved hair was found');
  expect(await value(page, 'Dilution')).toBe(dilution);
});

test('thinning hair: the scalp between comes nearer to it, in one step back', async ({ app: page }) => {
  const file = join(HEADS, 'hl_top_diffuse_thinning.jpg');
  test.skip(!existsSync(file), 'no shared/photos beside this checkout: this photo is not tried');
  const before = await frame(page).catch(() => '0');
  await openPhoto(page, file);
  await expect(page.getByTestId('stage')).toHaveAttribute('data-settled', 'true', { timeout: 20_000 });
  await step(page, 'Place');
  const above = page.getByRole('radio', { name: 'From above' });
  if (!(await above.isChecked())) await changing(page, () => page.getByText('From above').click());
  await step(page, 'Density');
  const [density, crispness] = [await value(page, 'DensityPerCm2'), await value(page, 'Crispness')];
  await changing(page, () => page.getByTestId('density-fill').press('Enter'));
  await expect(page.getByRole('tabpanel')).toContainText('half the way to your hair');
  await page.screenshot({ path: keep('density-fill.png') });
  expect([await value(page, 'DensityPerCm2'), await value(page, 'Crispness')]).not.toEqual([density, crispness]);
  await changing(page, () => page.getByRole('button', { name: 'Undo' }).click());
  expect([await value(page, 'DensityPerCm2'), await value(page, 'Crispness')]).toEqual([density, crispness]);
});

test('where hardly any of the treated area is seen, that and what to do is said', async ({ app: page }) => {
  await openSample(page, 'sample-front-light');
  const note = page.getByTestId('seen-note');
  await expect(note).toBeEmpty();
  await step(page, 'Density');
  await changing(page, () => page.getByTestId('zone').selectOption({ label: 'Crown' }));
  await expect(note).toContainText('Bow the head');
  await changing(page, () => page.getByTestId('zone').selectOption({ label: 'Full head' }));
  await expect(note).toBeEmpty();
});

test('hair too long for a shaved look is said without being asked, and only where there is', async ({ app: page }) => {
  const file = join(HEADS, 'woman_full_hair_suit_512.png');
  test.skip(!existsSync(file), 'no shared/photos beside this checkout: this photo is not tried');
  await openSample(page, 'sample-front-light');
  await step(page, 'Density');
  await expect(page.getByTestId('seen-note')).toBeEmpty();
  await openPhoto(page, file);
  await expect(page.getByTestId('status')).toContainText('Face found');
  await step(page, 'Density');
  await expect(page.getByTestId('seen-note')).toContainText('clip the hair to 1 mm', { timeout: 20_000 });
});

test('the schools change size, crispness and number at once, and as much is covered', async ({ app: page }) => {
  await openSample(page, 'sample-front-light');
  await step(page, 'Density');
  const spaced = page.getByRole('button', { name: 'Spaced impressions' });
  const dusty = page.getByRole('button', { name: 'Fine and dusty' });
  await expect(spaced).toHaveAttribute('aria-pressed', 'true');
  await slide(page, 'DensityPerCm2', 100);
  await changing(page, () => dusty.click());
  await expect(dusty).toHaveAttribute('aria-pressed', 'true');
  await expect(spaced).toHaveAttribute('aria-pressed', 'false');
  expect(await value(page, 'DiameterMm')).toBe('0.25');
  // 100 · (0.30 / 0.25)².
  expect(await value(page, 'DensityPerCm2')).toBe('144');
  await changing(page, () => spaced.click());
  expect(await value(page, 'DensityPerCm2')).toBe('100');
  await changing(page, () => slide(page, 'Crispness', 0.9));
  await expect(spaced).toHaveAttribute('aria-pressed', 'false');
  await changing(page, () => slide(page, 'Unevenness', 0.8));
});
