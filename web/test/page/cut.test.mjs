import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, settled, visit } from './browser.mjs';

const home = '405@2023-09-20';

test('a layer that is too great says how much of it is shown', async () => {
  const { collections } = await api('/collections');
  const [{ id }] = collections;
  const whole = await api(`/collections/${id}/items?within=${home}&as_of=2023-09-20&limit=2`);
  await visit('about:blank', { origin: 'about:blank' }, async (page) => {
    // Pages of two records, so that the fourth page is never asked for.
    await page.route(`**/collections/${id}/items?within=**`, async (route) => {
      const url = route.request().url().replace('limit=10000', 'limit=2');
      await route.continue({ url });
    });
    await page.goto(new URL(`/?tab=layers&layers=${id}`, process.env.HATANG_URL ?? 'http://127.0.0.1:8080').href);
    await settled(page);
    const said = await page.locator(`[data-layer=${id}] .cut`).innerText();
    assert.match(said, /6/);
    if (whole.numberMatched) assert.match(said, new RegExp(new Intl.NumberFormat('vi').format(whole.numberMatched).replace('.', '\\.')));
    await page.locator('.legend .cut').waitFor();
  });
});
