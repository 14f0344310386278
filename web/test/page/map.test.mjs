import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, drawn, settled, SIZES, visit } from './browser.mjs';

// The demo's localities, each on the day of its report.
const homes = ['405@2023-09-20', '18019@2024-01-15'];
const rowsOf = (layer, home) => api(`/collections/${layer}/items?within=${home}&as_of=${home.split('@')[1]}&limit=10000`);
const { collections } = await api('/collections');
const schemas = await Promise.all(collections.map(async ({ id }) => [id, await api(`/collections/${id}/schema`)]));
const assets = schemas.filter(([, schema]) => !schema['x-unit-level']).map(([id]) => id);

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`every record of every layer is drawn, ${size}`, async () => {
    const seen = new Set();
    for (const home of homes) {
      await visit(`/?unit=${home}&as_of=${home.split('@')[1]}&layers=${assets.join()}`, { viewport }, async (page) => {
        await page.evaluate(() => document.querySelector('map-view').map.setPadding({ left: 0 }));
        for (const layer of assets) {
          const { features } = await rowsOf(layer, home);
          const placed = features.filter(({ geometry }) => geometry).length;
          if (placed) seen.add(layer);
          assert.equal(await drawn(page, layer), placed, `${layer} of ${home}`);
        }
      });
    }
    // No place is known of the hamlets of the demo.
    const placed = assets.filter((layer) => layer !== 'hamlets');
    assert.deepEqual([...seen].sort(), placed.sort(), 'each layer has records in the demo');
  });

  test(`a click on a commune opens its figures, ${size}`, async () => {
    await visit('/?layers=', { viewport }, async (page) => {
      const { x, y, code } = await page.evaluate(async () => {
        const { map } = document.querySelector('map-view');
        const { features } = await map.getSource('unit-names').getData();
        const box = map.getCanvas().getBoundingClientRect();
        const { x, y } = map.project(features[3].geometry.coordinates);
        const [unit] = map.queryRenderedFeatures([x, y], { layers: ['units-fill'] });
        return { x: x + box.x, y: y + box.y, code: unit.properties.code };
      });
      await page.mouse.click(x, y);
      const { unit, figures } = await api(`/stats/${code}@2023-09-20?as_of=2023-09-20`);
      await page.locator('.unit-head h2', { hasText: unit.name }).waitFor();
      await page.locator('[data-code=camera_eyes] .big strong', { hasText: new RegExp(`^${figures.camera_eyes.value}$`) }).waitFor();
      assert.match(page.url(), new RegExp(`selected=unit/${code}`));
    });
  });
}

test('a figure opens into its rows, and a row into its record', async () => {
  await visit('/', {}, async (page) => {
    await page.locator('[data-code=bts_stations] .big .number').click();
    await page.locator('.rows li').first().waitFor();
    assert.equal(await page.locator('.rows li').count(), 69);
    await page.waitForFunction(() => document.querySelector('map-view').map.queryRenderedFeatures({ layers: ['listed'] }).length > 40);
    const name = await page.locator('.rows li strong').first().textContent();
    await page.locator('.rows li button').first().click();
    await page.locator('.detail .name', { hasText: name }).waitFor();
    assert.equal(await page.locator('.detail h2').innerText(), 'Trạm BTS', 'it is called by its layer');
    assert.match(await page.locator('.detail .fields').textContent(), /Nhà mạng/);
    assert.match(await page.locator('.detail .fields').textContent(), /Thuộc địa bàn/);
  });
});

test('shades follow the classes chosen', async () => {
  await visit('/?tab=layers', {}, async (page) => {
    const colours = () =>
      page.evaluate(async () => {
        const { features } = await document.querySelector('map-view').map.getSource('units').getData();
        return JSON.stringify(features.map(({ properties }) => properties.colour));
      });
    const seen = new Set();
    for (const classing of ['quantile', 'equal', 'jenks']) {
      await page.locator('select.classing').selectOption(classing);
      await settled(page);
      seen.add(await colours());
    }
    assert.equal(seen.size, 3);
    await page.locator('select.shade').selectOption('fiber_hamlets_full_percent');
    await page.locator('.classes').waitFor();
    await page.locator('select.shade').selectOption('');
    await page.locator('.classes').waitFor({ state: 'detached' });
  });
});

test('a legend entry and a filter take records off the map', async () => {
  await visit(`/?tab=layers&layers=${assets[1]}`, {}, async (page) => {
    const all = await drawn(page, assets[1]);
    const entry = page.locator(`[data-layer=${assets[1]}] fieldset label`).first();
    const count = Number(await entry.locator('.count').textContent());
    await entry.locator('input').uncheck();
    await settled(page);
    await page.waitForTimeout(300);
    assert.equal(await drawn(page, assets[1]), all - count);
    await page.reload();
    await settled(page);
    assert.equal(await drawn(page, assets[1]), all - count, 'after a reload of the address');
  });
});

test('a search finds communes and records without accents', async () => {
  await visit('/', {}, async (page) => {
    await page.fill('#search', 'dong khe');
    await page.locator('.hits li').first().waitFor();
    assert.match(await page.locator('.hits').textContent(), /Xã Đông Khê/);
    assert.match(await page.locator('.hits').textContent(), /Trạm BTS/);
    await page.keyboard.press('Enter');
    await page.locator('.unit-head h2', { hasText: 'Đông Khê' }).waitFor();
  });
});
