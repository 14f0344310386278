import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, settled, visit } from './browser.mjs';

test('a list that is too long says how much of it is shown', async () => {
  await visit('about:blank', { origin: 'about:blank' }, async (page) => {
    // Pages of two records, so that the fourth page is never asked for.
    await page.route('**/items?**indicator=camera_eyes**', async (route) => {
      await route.continue({ url: route.request().url().replace('limit=10000', 'limit=2') });
    });
    await page.goto(`${service}/?rows=camera_eyes`);
    await settled(page);
    assert.match(await page.locator('.detail .cut').innerText(), /6/);
    assert.equal(await page.locator('.detail .rows li').count(), 6);
  });
});
