import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClean } from './axe.mjs';
import { NARROW, settled, visit, WIDE } from './browser.mjs';

for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [WIDE, NARROW]) {
    test(`axe finds nothing serious, ${colorScheme}, ${viewport.width}`, async () => {
      await visit('/', { viewport, colorScheme }, async (page) => {
        await isClean(page, 'figures');
        for (const tab of ['layers', 'table']) {
          await page.locator(`#tab-${tab}`).click();
          await settled(page);
          await isClean(page, tab);
        }
        await page.locator('#tab-figures').click();
        await page.locator('[data-code=camera_eyes] .big .number').click();
        await page.locator('.rows button').first().click();
        await settled(page);
        await isClean(page, 'a record');
      });
    });
  }
}

test('the keyboard alone goes everywhere', async () => {
  await visit('/', {}, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'panel');
    await page.locator('#tab-figures').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-layers');
    await page.locator('.layer input').first().waitFor();
    const before = await page.locator('.layer.on').count();
    await page.locator('.layer .switch input').first().focus();
    await page.keyboard.press('Space');
    await page.waitForFunction((count) => document.querySelectorAll('.layer.on').length !== count, before);
    await page.locator('#search').focus();
    await page.keyboard.type('dong nam');
    await page.locator('.hits button').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.hits').waitFor({ state: 'detached' });
    await page.locator('.maplibregl-canvas').focus();
    const centre = () => page.evaluate(() => document.querySelector('map-view').map.getCenter().lng);
    const first = await centre();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((lng) => document.querySelector('map-view').map.getCenter().lng !== lng, first);
  });
});
