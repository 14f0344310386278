import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, drawn, drawsAll, settled, SIZES, visit } from './browser.mjs';

// The demo's localities, each on the day of its report.
const homes = ['405@2023-09-20', '18019@2024-01-15'];
const rowsOf = (layer, home) => api(`/collections/${layer}/items?within=${home}&as_of=${home.split('@')[1]}&limit=10000`);
const { collections } = await api('/collections');
const schemas = await Promise.all(collections.map(async ({ id }) => [id, await api(`/collections/${id}/schema`)]));
const assets = schemas.filter(([, schema]) => !schema['x-unit-level']).map(([id]) => id);

test('every record of every layer is drawn', async () => {
  const seen = new Set();
  for (const home of homes) {
    await visit(`/?unit=${home}&as_of=${home.split('@')[1]}&layers=${assets.join()}`, {}, async (page) => {
      for (const layer of assets) {
        const { features } = await rowsOf(layer, home);
        const placed = features.filter(({ geometry }) => geometry).length;
        if (placed) seen.add(layer);
        await drawsAll(page, layer, placed);
      }
    });
  }
  // No place is known of the hamlets of the demo.
  const placed = assets.filter((layer) => layer !== 'hamlets');
  assert.deepEqual([...seen].sort(), placed.sort(), 'each layer has records in the demo');
});

test('from afar each commune has the figure that is chosen, and no record is drawn', async () => {
  await visit('/', {}, async (page) => {
    const { units } = await api('/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20&indicators=camera_eyes');
    const written = await page.evaluate(() =>
      document
        .querySelector('map-view')
        .map.queryRenderedFeatures({ layers: ['unit-figures'] })
        .map(({ properties }) => properties.figure),
    );
    const numbers = (list) => list.map(Number).sort((a, b) => a - b);
    assert.deepEqual(numbers(written), numbers(units.map(({ figures }) => figures.camera_eyes.value)));
    const signs = () =>
      page.evaluate(() => {
        const { map } = document.querySelector('map-view');
        return map.queryRenderedFeatures({ layers: map.getLayersOrder().filter((id) => /^records-.*(sign|cluster)$/.test(id)) }).length;
      });
    assert.equal(await signs(), 0);
    // Where there is room names stand under the figures.
    await page.evaluate(() => document.querySelector('map-view').map.jumpTo({ zoom: 12 }));
    await settled(page);
    const count = (layer) =>
      page.evaluate((id) => document.querySelector('map-view').map.queryRenderedFeatures({ layers: [id] }).length, layer);
    const [names, figures] = [await count('unit-names'), await count('unit-figures')];
    assert.ok(figures > 5 && names >= figures - 2, `${names} names of ${figures}`);
    await page.evaluate(() => document.querySelector('map-view').map.jumpTo({ zoom: 14 }));
    await settled(page);
    assert.ok((await signs()) > 0);
  });
});

for (const [size, viewport] of Object.entries(SIZES)) {
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
    await entry.locator('.count', { hasText: /\d/ }).waitFor();
    const count = Number(await entry.locator('.count').textContent());
    await entry.locator('input').uncheck();
    await drawsAll(page, assets[1], all - count);
    await page.reload();
    await settled(page);
    await drawsAll(page, assets[1], all - count);
  });
});

test('a search finds communes and records without accents', async () => {
  await visit('/', {}, async (page) => {
    await page.fill('#search', 'dong khe');
    await page.locator('.hits li').first().waitFor();
    assert.match(await page.locator('.hits').textContent(), /Xã Đông Khê/);
    assert.match(await page.locator('.hits').textContent(), /Trạm BTS/);
    assert.match(await page.locator('.hits').textContent(), /Huyện Đông Sơn · 16408/);
    await page.keyboard.press('Enter');
    await page.locator('.unit-head h2', { hasText: 'Đông Khê' }).waitFor();
  });
});

test('a search finds units outside the home, by name and by code, and goes there', async () => {
  await visit('/', {}, async (page) => {
    for (const [typed, name] of [
      ['thanh hoa', 'Tỉnh Thanh Hóa'],
      ['40', 'Tỉnh Nghệ An'],
      ['phuong dong son', 'Phường Đông Sơn'],
    ]) {
      await page.fill('#search', typed);
      await page.locator('.hits strong').first().getByText(name).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.unit-head h2', { hasText: name }).waitFor();
    }
    // There was no such ward on the day of the report.
    assert.equal(new URL(page.url()).searchParams.get('as_of'), new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10));
    await page.locator('unit-picker button', { hasText: 'Cả nước' }).click();
    await page.locator('.unit-head h2', { hasText: 'Cả nước' }).waitFor();
    await settled(page);
    const { figures } = await api(`/stats/VN?indicators=camera_eyes`);
    await page.locator('[data-code=camera_eyes] .big strong', { hasText: String(figures.camera_eyes.value) }).waitFor();
    await page.locator('unit-picker select').selectOption({ label: 'Tỉnh Thanh Hóa' });
    await page.locator('.unit-head h2', { hasText: 'Tỉnh Thanh Hóa' }).waitFor();
  });
});

test('a layer can be made paler', async () => {
  await visit(`/?tab=layers&layers=${assets[0]}&at=14/19.82/105.73`, {}, async (page) => {
    await page.locator(`[data-layer=${assets[0]}] .opacity input`).fill('40');
    await settled(page);
    const opacity = () =>
      page.evaluate((layer) => document.querySelector('map-view').map.getPaintProperty(`records-${layer}-sign`, 'icon-opacity'), assets[0]);
    assert.equal((await opacity())[1], 0.4);
    assert.match(page.url(), new RegExp(`opacity=${assets[0]}:0\\.4`));
    await page.reload();
    await settled(page);
    assert.equal((await opacity())[1], 0.4, 'after a reload of the address');
  });
});

test('a camera says that its place is rounded', async () => {
  const { features } = await api('/collections/cameras/items?limit=1&as_of=2023-09-20');
  await visit(`/?selected=cameras/${features[0].id}`, {}, async (page) => {
    await page.locator('.detail', { hasText: 'làm tròn khoảng 100 m' }).waitFor();
  });
});
