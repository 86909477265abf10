import { chromium } from '@playwright/test';
import { BROWSER_ARGS } from '../browser.js';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: BROWSER_ARGS });
const jobs = [
 ['/tmp/un/hl_top_diffuse_thinning.jpg','From above','Treat', [[.42,.2],[.55,.2],[.6,.3],[.5,.3],[.4,.3],[.4,.4],[.5,.4],[.6,.4],[.55,.5],[.45,.5]]],
 ['/tmp/un/hl_back_crown_start.jpg','From behind','Treat', [[.62,.2],[.75,.2],[.62,.27],[.75,.27],[.75,.35],[.65,.35],[.7,.42]]],
 ['/tmp/un/hl_back_dark_clipped.jpg','From behind','Strip scar', [[.3,.55],[.4,.56],[.5,.57],[.6,.56],[.7,.55]]],
];
let n = 0;
for (const [file, view, label, points] of jobs) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto('http://127.0.0.1:8090/');
  await page.getByTestId('choose-photo').setInputFiles(file);
  await page.waitForSelector('[data-testid=app][data-state=ready]', { timeout: 30000 });
  await page.waitForFunction(() => !document.querySelector('[data-finding=looking]'), { timeout: 30000 });
  await page.waitForSelector('[data-testid=stage][data-settled=true]', { timeout: 20000 }).catch(() => {});
  await page.getByRole('tab', { name: 'Place' }).click();
  await page.getByText(view, { exact: false }).first().click({ timeout: 3000 }).catch(() => console.log('no view'));
  await page.waitForTimeout(2500);
  await page.getByRole('tab', { name: 'Density' }).click();
  await page.getByTestId('zone').selectOption({ label: 'Crown' });
  await page.waitForTimeout(800);
  await page.screenshot({ path: `/tmp/zone_${n}a.png` });
  await page.getByRole('tab', { name: 'Brush' }).click();
  await page.getByLabel(label, { exact: true }).check();
  if (label === 'Treat') await page.getByTestId('brush-width').fill('34');
  else await page.getByTestId('brush-width').fill('6');
  const box = await page.locator('.photo canvas.after').boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(points[0])); await page.mouse.down();
  for (const p of points) await page.mouse.move(...at(p), { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `/tmp/zone_${n}b.png` });
  await page.getByRole('tab', { name: 'Density' }).click();
  if (label === 'Treat') await page.getByTestId('density-fill').click();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `/tmp/zone_${n}c.png` });
  console.log(file, await page.getByTestId('count').textContent());
  n++;
  await page.close();
}
await browser.close();
