// Correcting what counts as skin with the brush, and taking steps back: by
// mouse, by touch, by keyboard; over reloads of the worker and of the plan.
import { expect } from '@playwright/test';
import {
  changing, decode, frame, frameAfter, inRepo, inWindow, keep, onStage, openPhoto, paint, save, savePlan, step,
} from './app.js';
import { expectClean, test, trap, watch } from './watch.js';

const FRONT = inRepo('public/samples/front_light.jpg');
/** A line over the treated part of the forehead, and the hair beside it. */
const LINE = [[0.4, 0.1], [0.5, 0.09], [0.58, 0.11]];
const HAIR = [[0.68, 0.13], [0.7, 0.17]];

const impressions = async (page) => Number(await page.getByTestId('stage').getAttribute('data-impressions'));
const picture = async (page) => (await onStage(page, 'after')).data;
const strokes = (page) => page.getByTestId('strokes');

/** A found head in the Brush step. */
async function withBrush(page) {
  await openPhoto(page, FRONT);
  await expect(page.getByTestId('status')).toContainText('Face found');
  await frameAfter(page, '0');
  await step(page, 'Brush');
}

/** How many impressions stand around a point, told by the pixels that differ from the photo. */
async function treated(page, [u, v], radius) {
  const [before, after] = [await onStage(page, 'before'), await onStage(page, 'after')];
  const longer = Math.max(before.width, before.height);
  let differing = 0;
  for (let y = Math.floor((v - radius) * longer); y < (v + radius) * longer; y++) {
    for (let x = Math.floor((u - radius) * longer); x < (u + radius) * longer; x++) {
      const i = (y * before.width + x) * 4;
      if (before.data[i] !== after.data[i]) differing++;
    }
  }
  return differing;
}

test('hair, skin and other things are painted, and every step is taken back', async ({ app: page }) => {
  await withBrush(page);
  await expect(page.getByTestId('undo')).toHaveAttribute('aria-disabled', 'true');
  const first = await picture(page);
  const all = await impressions(page);
  await changing(page, () => paint(page, LINE));
  const fewer = await impressions(page);
  expect(fewer).toBeLessThan(all - 50);
  expect(await treated(page, LINE[1], 0.008)).toBe(0);
  await expect(strokes(page)).toHaveText('One stroke.');
  await expect(page.getByTestId('status')).toContainText('Painted: Hair');
  await page.screenshot({ path: keep('brush.png') });
  // What counts as skin is tinted, here no more.
  const tint = ([u, v]) =>
    page.locator('.photo .veil').evaluate((shown, [x, y]) => {
      if (getComputedStyle(shown).display === 'none') return null;
      const copy = new OffscreenCanvas(shown.width, shown.height);
      const context = copy.getContext('2d');
      context.drawImage(shown, 0, 0);
      const longer = Math.max(shown.width, shown.height);
      return context.getImageData(x * longer, y * longer, 1, 1).data[3];
    }, [u, v]);
  expect(await tint(LINE[1])).toBe(0);
  expect(await tint([0.45, 0.25])).toBeGreaterThan(50);
  await page.getByTestId('veil').uncheck();
  expect(await tint([0.45, 0.25])).toBe(null);
  await page.getByTestId('veil').check();

  // Where the preview sees hair, skin can be painted.
  await page.getByRole('radio', { name: 'Bare skin' }).check();
  await page.getByTestId('brush-width').fill('6');
  await changing(page, () => paint(page, HAIR));
  expect(await impressions(page)).toBeGreaterThan(fewer + 20);
  await expect(strokes(page)).toHaveText('2 strokes.');
  const both = await picture(page);

  await changing(page, () => page.getByTestId('undo').click());
  expect(await impressions(page)).toBe(fewer);
  await changing(page, () => page.keyboard.press('Control+z'));
  expect((await picture(page)).equals(first), 'the first picture, byte for byte').toBe(true);
  await expect(page.getByTestId('undo')).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('status')).toHaveText('Nothing to undo.');
  await changing(page, () => page.keyboard.press('Control+Shift+z'));
  await changing(page, () => page.getByTestId('redo').click());
  expect((await picture(page)).equals(both), 'and the last').toBe(true);

  await changing(page, () => page.getByTestId('clear-strokes').click());
  expect((await picture(page)).equals(first)).toBe(true);
  await changing(page, () => page.getByTestId('undo').click());
  expect((await picture(page)).equals(both)).toBe(true);
});

test('strokes stay where the head is found anew, over a crash, in the plan and in the saved picture', async ({ app: page }) => {
  await withBrush(page);
  await changing(page, () => paint(page, LINE));
  const painted = await picture(page);
  const plan = await savePlan(page);
  const saved = await decode(page, (await save(page, 'png')).bytes);
  const rows = Math.floor(saved.height * 0.9) * saved.width * 4;
  expect(saved.data.subarray(0, rows).equals(painted.subarray(0, rows)), 'saved as shown').toBe(true);

  await step(page, 'Place');
  const before = await frame(page);
  await page.getByRole('button', { name: 'Find the face' }).click();
  await frameAfter(page, before);
  expect((await picture(page)).equals(painted), 'found anew').toBe(true);

  const drawn = await frame(page);
  await trap(page);
  await expect(page.getByTestId('notice')).toContainText('restarted');
  await frameAfter(page, drawn);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  // The canvases are new ones: until the photo is on them they have no size.
  await expect.poll(async () => (await picture(page)).equals(painted), { message: 'after a crash', timeout: 15_000 }).toBe(true);

  // Another photo starts without them; the plan brings them back.
  await openPhoto(page, FRONT);
  await frameAfter(page, await frame(page)).catch(() => {});
  await step(page, 'Brush');
  await expect(strokes(page)).toHaveText('Nothing is painted.');
  expect((await picture(page)).equals(painted)).toBe(false);
  await step(page, 'Save');
  await changing(page, () => page.getByTestId('load-plan').setInputFiles(plan));
  expect((await picture(page)).equals(painted), 'from the plan').toBe(true);
  await changing(page, () => page.getByTestId('undo').click());
  await step(page, 'Brush');
  await expect(strokes(page)).toHaveText('Nothing is painted.');
});

test('the brush is led by keys alone', async ({ app: page }) => {
  await withBrush(page);
  const first = await picture(page);
  const all = await impressions(page);
  const brush = page.getByTestId('brush');
  await brush.focus();
  await expect(brush).toHaveAccessibleName(/10 millimetres wide, paints Hair/);
  // From the middle of the head up to the treated scalp.
  for (let i = 0; i < 8; i++) await page.keyboard.press('Shift+ArrowUp');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  expect((await picture(page)).equals(first)).toBe(true);
  await changing(page, () => page.keyboard.press(' '));
  const stamped = await impressions(page);
  expect(stamped).toBeLessThan(all);
  // Held down it paints where it goes: one step.
  await changing(page, async () => {
    await page.keyboard.down(' ');
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.up(' ');
  });
  await expect(strokes(page)).toHaveText('2 strokes.');
  expect(await impressions(page)).toBeLessThan(stamped);
  await page.screenshot({ path: keep('brush-keys.png') });
  await changing(page, () => page.keyboard.press('Control+z'));
  expect(await impressions(page)).toBe(stamped);
  await changing(page, () => page.keyboard.press('Control+z'));
  expect((await picture(page)).equals(first)).toBe(true);
});

test('by touch one finger paints, two move the photo and leave no stroke', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  const seen = await watch(page, baseURL);
  await page.goto(baseURL);
  await withBrush(page);
  const touch = await context.newCDPSession(page);
  const send = (type, points) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const first = await picture(page);
  const from = await inWindow(page, LINE[0]);
  const to = await inWindow(page, LINE[2]);
  await changing(page, async () => {
    await send('touchStart', [from]);
    await send('touchMove', [to]);
    // Still before it is lifted: the browser takes a tap after a fling for its end.
    await page.waitForTimeout(300);
    await send('touchMove', [to]);
    await send('touchEnd', []);
  });
  await expect(strokes(page)).toHaveText('One stroke.');
  await changing(page, () => page.getByTestId('undo').tap());
  // The first finger of a pinch has begun a stroke already.
  const shown = () => page.locator('.photo').evaluate((e) => e.style.transform);
  const was = await shown();
  await send('touchStart', [from]);
  await send('touchMove', [[from[0] + 4, from[1]]]);
  await send('touchStart', [[from[0] + 4, from[1]], [from[0] + 60, from[1] + 40]]);
  await send('touchMove', [[from[0] - 20, from[1]], [from[0] + 120, from[1] + 90]]);
  await send('touchEnd', []);
  await expect(strokes(page)).toHaveText('Nothing is painted.');
  expect(await shown()).not.toBe(was);
  await expect(page.getByTestId('undo')).toHaveAttribute('aria-disabled', 'true');
  await expect.poll(async () => (await picture(page)).equals(first)).toBe(true);
  await page.screenshot({ path: keep('brush-phone.png') });
  await expectClean(page, seen);
  await context.close();
});

test('a drag, a held key and a choice are one step each', async ({ app: page }) => {
  await openPhoto(page, FRONT);
  await frameAfter(page, '0');
  const height = page.locator('input[type=range][data-param=HeightMm]');
  const start = await height.inputValue();
  const first = await picture(page);
  const box = await height.boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2];
  await changing(page, async () => {
    await page.mouse.move(...at(0.38));
    await page.mouse.down();
    for (let i = 0; i < 8; i++) await page.mouse.move(...at(0.4 + i / 40));
    await page.mouse.up();
  });
  const dragged = await height.inputValue();
  expect(dragged).not.toBe(start);
  await height.focus();
  await changing(page, async () => {
    await page.keyboard.down('ArrowRight');
    await page.keyboard.down('ArrowRight');
    await page.keyboard.down('ArrowRight');
    await page.keyboard.up('ArrowRight');
  });
  const held = await height.inputValue();
  await changing(page, () => page.locator('[data-style=Medium]').click());
  await changing(page, () => page.locator('[data-marker="Handle(Middle)"]').press('ArrowUp'));
  for (const value of [null, held, dragged, start]) {
    await changing(page, () => page.getByTestId('undo').click());
    if (value) await expect(height).toHaveValue(value);
  }
  await expect(page.getByTestId('undo')).toHaveAttribute('aria-disabled', 'true');
  expect((await picture(page)).equals(first)).toBe(true);
  // What comes after takes the place of what was taken back.
  await changing(page, () => page.getByTestId('redo').click());
  await changing(page, () => page.locator('[data-style=Mature]').click());
  await expect(page.getByTestId('redo')).toHaveAttribute('aria-disabled', 'true');
  await changing(page, () => page.getByTestId('undo').click());
  await expect(height).toHaveValue(dragged);
});
