/* global map, source -- of the pages that are tested */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { service, visit } from './browser.mjs';

const text = readFileSync(new URL('../../../docs/embed.md', import.meta.url), 'utf8');
const pages = new Map([...text.matchAll(/```html\n([\s\S]*?)```/g)].map(([, page]) => [/<title>(.*)<\/title>/.exec(page)[1], page]));
const TYPES = { js: 'text/javascript', css: 'text/css', png: 'image/png' };

/** The pages as another site would have them, with the libraries beside them. */
const site = createServer((request, response) => {
  const name = decodeURIComponent(request.url.slice(1));
  const page = pages.get(name);
  if (page) return response.writeHead(200, { 'Content-Type': 'text/html' }).end(page.replaceAll('https://hatang.example', service));
  try {
    const file = readFileSync(new URL(`../../node_modules/${name}`, import.meta.url));
    response.writeHead(200, { 'Content-Type': TYPES[name.split('.').pop()] ?? 'text/plain' }).end(file);
  } catch {
    response.writeHead(name === 'favicon.ico' ? 204 : 404).end();
  }
});
before(() => new Promise((done) => site.listen(0, '127.0.0.1', done)));
after(() => site.close());

const DRAWN = {
  MapLibre: () => map.getLayer('cameras') && map.queryRenderedFeatures({ layers: ['cameras'] }).length > 50,
  Leaflet: () => document.querySelectorAll('path.leaflet-interactive').length > 50,
  OpenLayers: () => typeof source !== 'undefined' && source.getFeatures().length === 14,
};

for (const [name, isDrawn] of Object.entries(DRAWN)) {
  test(`the page of docs/embed.md for ${name} draws our layer`, async () => {
    assert.ok(pages.has(name));
    assert.ok(pages.get(name).split('\n').length <= 26, 'short');
    await visit(`/${name}`, { origin: `http://127.0.0.1:${site.address().port}` }, async (page) => {
      await page.waitForFunction(isDrawn);
    });
  });
}
