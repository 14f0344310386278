import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { drawn, service, settled, visit } from './browser.mjs';
import { archive, PNG } from './pmtiles.mjs';

/** A style from elsewhere: one layer, and the sign that it was asked for. */
const STYLE = {
  version: 8,
  sources: {
    world: {
      type: 'geojson',
      data: {
        type: 'Polygon',
        coordinates: [
          [
            [-170, -80],
            [170, -80],
            [170, 80],
            [-170, 80],
            [-170, -80],
          ],
        ],
      },
      attribution: 'Nền thử',
    },
  },
  layers: [{ id: 'world', type: 'fill', source: 'world', paint: { 'fill-color': '#ffcc00' } }],
};
const asked = [];
const elsewhere = createServer((request, response) => {
  asked.push(request.url);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end(JSON.stringify(STYLE));
});
before(() => new Promise((done) => elsewhere.listen(0, '127.0.0.1', done)));
after(() => elsewhere.close());

/** The page as a service with other settings gives it. */
async function withSettings(page, settings, policy = '') {
  await page.route('**/config.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...settings } });
  });
  await page.route(`${service}/`, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    headers['content-security-policy'] = headers['content-security-policy'].replace(/(connect-src|img-src)([^;]*)/g, `$1$2 ${policy}`);
    await route.fulfill({ response, headers });
  });
  await page.goto(`${service}/`);
  await settled(page);
}

test('a style from elsewhere lies under the data, and is credited', async () => {
  const address = `http://127.0.0.1:${elsewhere.address().port}`;
  await visit('about:blank', { origin: 'about:blank', allowed: [address] }, async (page) => {
    await withSettings(page, { basemap_style: `${address}/style.json` }, address);
    assert.deepEqual(asked, ['/style.json']);
    const under = await page.evaluate(() =>
      document
        .querySelector('map-view')
        .map.getStyle()
        .layers.map(({ id }) => id),
    );
    assert.equal(under[0], 'world');
    assert.ok(under.indexOf('units-fill') > 0);
    assert.ok((await drawn(page, 'cameras')) > 50);
    await page.locator('.maplibregl-ctrl-attrib', { hasText: 'Nền thử' }).waitFor({ state: 'attached' });
  });
});

test('without its style from elsewhere the data are shown all the same', async () => {
  const address = `http://127.0.0.1:${elsewhere.address().port}`;
  await visit('about:blank', { origin: 'about:blank', allowed: [address] }, async (page) => {
    await page.route(`${address}/**`, (route) =>
      route.fulfill({ status: 200, contentType: 'application/json', headers: { 'Access-Control-Allow-Origin': '*' }, body: 'no style' }),
    );
    await withSettings(page, { basemap_style: `${address}/style.json` }, address);
    assert.ok((await drawn(page, 'cameras')) > 50);
  });
});

for (const [kind, tile] of [
  ['a raster', { type: 2, bytes: PNG }],
  ['an empty vector', { type: 1, bytes: gzipSync(Buffer.alloc(0)) }],
  ['a Protomaps', { type: 1, bytes: gzipSync(Buffer.alloc(0)), layers: ['earth', 'water', 'roads', 'places', 'boundaries'] }],
]) {
  test(`${kind} file of PMTiles lies under the data`, async () => {
    const file = archive(tile);
    await visit('about:blank', { origin: 'about:blank' }, async (page) => {
      await page.route('**/basemap.pmtiles', async (route) => {
        const [, first, last] = /bytes=(\d+)-(\d+)/.exec(route.request().headers()['range']) ?? [null, 0, file.length - 1];
        const body = file.subarray(Number(first), Number(last) + 1);
        const headers = { 'Content-Range': `bytes ${first}-${Number(first) + body.length - 1}/${file.length}`, ETag: '"1"' };
        await route.fulfill({ status: 206, headers, contentType: 'application/vnd.pmtiles', body });
      });
      await withSettings(page, { basemap: '/basemap.pmtiles' });
      const { sources, layers } = await page.evaluate(() => document.querySelector('map-view').map.getStyle());
      assert.equal(sources.base.type, tile.type === 1 ? 'vector' : 'raster');
      assert.ok(layers.some(({ source }) => source === 'base'));
      assert.ok(await page.evaluate(() => document.querySelector('map-view').map.isSourceLoaded('base')));
      const labels = layers.filter(({ source, type }) => source === 'base' && type === 'symbol').map(({ id }) => id);
      assert.equal(labels.length > 3, kind === 'a Protomaps');
      const ids = layers.map(({ id }) => id);
      for (const label of labels) assert.ok(ids.indexOf(label) > ids.indexOf('units-fill'), 'names are not shaded');
      assert.ok(!layers.some((layer) => layer['source-layer'] === 'boundaries'), 'borders are those of the register');
      assert.ok((await drawn(page, 'cameras')) > 50);
    });
  });
}
