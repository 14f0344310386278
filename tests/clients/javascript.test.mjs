// ogc-client, which Datahub and GeoNetwork use, geojsonhint, and the tiles as OpenLayers reads them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OgcApiEndpoint } from '@camptocamp/ogc-client';
import geojsonhint from '@mapbox/geojsonhint';
import MVT from 'ol/format/MVT.js';

const base = `${process.env.HATANG_URL}/api/v1`;
const ask = async (url) => (await fetch(url)).json();

test('ogc-client finds the layers and what they can be asked', async () => {
  const endpoint = new OgcApiEndpoint(base);
  assert.ok(await endpoint.hasFeatures);
  assert.ok((await endpoint.featureCollections).includes('cameras'));
  const cameras = await endpoint.getCollectionInfo('cameras');
  assert.ok(cameras.itemFormats.includes('application/geo+json'));
  assert.ok(cameras.bulkDownloadLinks['text/csv']);
  assert.ok(cameras.queryables.some(({ name }) => name === 'eye_count'));
  assert.ok(cameras.sortables.some(({ name }) => name === 'code'));
});

test('ogc-client asks for some fields without geometry', async () => {
  const endpoint = new OgcApiEndpoint(base);
  const wanted = { limit: 5, query: 'eye_count=2', properties: ['code', 'eye_count'] };
  for (const skipGeometry of [true, false]) {
    const { features } = await ask(await endpoint.getCollectionItemsUrl('cameras', { ...wanted, skipGeometry }));
    assert.equal(features.length, 5);
    assert.deepEqual(Object.keys(features[0].properties), ['code', 'eye_count']);
    assert.equal(features[0].geometry === null, skipGeometry);
  }
});

test('ogc-client looks back', async () => {
  const { collections } = await ask(`${base}/collections?as_of=2023-09-20`);
  const expected = collections.find(({ id }) => id === 'districts').itemCount;
  for (const address of [`${base}/as-of/2023-09-20`, `${base}?as_of=2023-09-20`]) {
    const endpoint = new OgcApiEndpoint(address);
    assert.equal((await endpoint.getCollectionInfo('districts')).itemCount, expected);
    assert.equal((await endpoint.getCollectionItems('districts', 100)).length, expected);
  }
});

test('geojsonhint finds nothing in any layer, at any zoom', async () => {
  const { collections } = await ask(`${base}/collections?as_of=2023-09-20`);
  for (const { id } of collections) {
    for (const more of ['', '&zoom-level=6', '&skipGeometry=true']) {
      const text = await (await fetch(`${base}/collections/${id}/items?as_of=2023-09-20&f=geojson${more}`)).text();
      assert.deepEqual(geojsonhint.hint(text), [], id + more);
    }
  }
});

test('OpenLayers decodes a tile of two layers', async () => {
  const tile = await (await fetch(`${base}/tiles/towers,communes/14/13003/7272.mvt`)).arrayBuffer();
  const decoded = new MVT().readFeatures(tile);
  assert.deepEqual([...new Set(decoded.map((feature) => feature.get('layer')))].sort(), ['communes', 'towers']);
  const towers = decoded.filter((feature) => feature.get('layer') === 'towers');
  assert.ok(towers.length > 3 && towers.every((feature) => feature.getGeometry().getType() === 'Point'));
});
