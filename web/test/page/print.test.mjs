import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visit } from './browser.mjs';

test('paper gets the figures and a picture of the map, without what only a screen can use', async () => {
  await visit('/', {}, async (page) => {
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    const colours = await page.evaluate(() => {
      const picture = document.querySelector('#picture');
      const { data } = picture.getContext('2d').getImageData(0, 0, picture.width, picture.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert.ok(colours > 20, `the picture has ${colours} colours`);
    assert.ok(await page.locator('#picture').isVisible());
    assert.ok(await page.locator('[data-code=camera_eyes] .big strong').isVisible());
    for (const screenOnly of ['search-box', '.tabs', '.tools']) assert.equal(await page.locator(screenOnly).isVisible(), false, screenOnly);
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    assert.ok(pages >= 1 && pages <= 4, `${pages} pages`);
  });
});
