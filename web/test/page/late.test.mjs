/** Layers that are late or fail: all else is drawn, and the page says what is missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, drawn, NARROW, service, settled, SIZES, typeDay, visit } from './browser.mjs';
import { isClean } from './axe.mjs';

const { collections } = await api('/collections');
const [first, second] = collections.map(({ id }) => id);
const titleOf = (id) => collections.find((layer) => layer.id === id).title;
const within = (title) => (/^\p{Lu}\p{Lu}/u.test(title) ? title : title[0].toLowerCase() + title.slice(1));

/** So near that records are drawn one by one. */
const NEAR = 'at=13/19.8/105.7';

/** Opens an address while the items and tiles of a layer wait for `release`. */
async function withLate(page, layer, path) {
  let release;
  const released = new Promise((done) => (release = done));
  for (const address of [`**/collections/${layer}/items?**`, `**/tiles/${layer}/**`]) {
    await page.route(address, async (route) => {
      await released;
      await route.continue().catch(() => undefined); // it may have been given up
    });
  }
  await page.goto(new URL(path, service).href);
  return release;
}

/** Waits for something outside of the page, at most 20 seconds. */
async function until(page, holds) {
  for (let waits = 0; !holds() && waits < 400; waits++) await page.waitForTimeout(50);
  assert.ok(holds(), `not within 20 s: ${holds}`);
}

const communesDrawn = () =>
  document.querySelector('map-view')?.map?.getLayer('units-fill') &&
  document.querySelector('map-view').map.queryRenderedFeatures({ layers: ['units-fill'] }).length >= 14;
const someCommunesDrawn = () =>
  document.querySelector('map-view')?.map?.getLayer('units-fill') &&
  document.querySelector('map-view').map.queryRenderedFeatures({ layers: ['units-fill'] }).length > 0;
const someDrawn = (layer) => {
  const map = document.querySelector('map-view')?.map;
  const layers = ['sign', 'cluster'].map((part) => `records-${layer}-${part}`).filter((id) => map?.getLayer(id));
  return layers.length > 0 && map.queryRenderedFeatures({ layers }).length > 0;
};

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`a late layer holds up neither the communes nor other layers, ${size}`, async () => {
    await visit('about:blank', { viewport, origin: 'about:blank' }, async (page) => {
      const release = await withLate(page, second, `/?layers=${first},${second}&tab=layers&${NEAR}`);
      await page.waitForFunction(someCommunesDrawn);
      await page.waitForFunction(someDrawn, first);
      const status = page.locator('.progress[role=status]');
      await status.getByText(`Đang tải ${within(titleOf(second))}`).waitFor();
      await page.waitForFunction(() => document.querySelectorAll('.progress p').length === 1); // of the late layer only
      await page.locator(`[data-layer=${second}] [role=status] .spinner`).waitFor();
      assert.equal(await page.locator('main').getAttribute('aria-busy'), 'true');
      await page.locator(`[data-layer=${first}] fieldset`).waitFor();
      assert.equal(await page.locator(`[data-layer=${first}] .spinner`).count(), 0);
      await isClean(page, 'a late layer');
      release();
      await page.waitForFunction(someDrawn, second);
      await settled(page);
      assert.equal(await status.innerText(), '');
      assert.equal(await page.locator(`[data-layer=${second}] .spinner`).count(), 0);
    });
  });
}

test('a layer that fails says so, and is tried again alone', async () => {
  await visit('about:blank', { origin: 'about:blank', statuses: [503] }, async (page) => {
    let fails = true;
    for (const address of [`**/collections/${second}/items?**`, `**/tiles/${second}/**`]) {
      await page.route(address, async (route) => {
        if (!fails) return route.continue();
        await route.fulfill({ status: 503, contentType: 'application/problem+json', json: { title: 'x', detail: 'Hệ thống đang bận' } });
      });
    }
    await page.goto(`${service}/?layers=${first},${second}&tab=layers&${NEAR}`);
    await settled(page);
    assert.ok(await page.evaluate(someDrawn, first));
    assert.equal(await page.evaluate(someDrawn, second), false);
    const message = page.locator('.progress .missing');
    assert.match(await message.innerText(), new RegExp(`Chưa tải được ${within(titleOf(second))}\\. Máy chủ gặp lỗi \\(503\\)`));
    assert.match(await page.locator(`[data-layer=${second}] [role=alert]`).innerText(), /Hệ thống đang bận/);
    await isClean(page, 'a failed layer');
    fails = false;
    await message.locator('button').click();
    await page.waitForFunction(someDrawn, second);
    await settled(page);
    assert.equal(await message.count(), 0);
    await page.locator(`[data-layer=${second}] fieldset`).waitFor();
  });
});

test('without communes the records are drawn, and a lost connection is called so', async () => {
  await visit('about:blank', { viewport: NARROW, origin: 'about:blank', isOffline: true }, async (page) => {
    await page.route('**/stats?level=commune**', (route) => route.abort());
    await page.goto(`${service}/?layers=${first}&${NEAR}`);
    await page.waitForFunction(() => document.querySelector('map-view')?.map?.getSource('listed'));
    await settled(page);
    assert.match(await page.locator('.progress').innerText(), /Chưa tải được ranh giới xã\. Mất kết nối với máy chủ\.\s+Thử lại/);
    await page.waitForFunction(someDrawn, first);
    await page.unroute('**/stats?level=commune**');
    await page.locator('.progress button').click();
    await page.waitForFunction(someCommunesDrawn);
  });
});

test('what is no longer wanted is no longer asked for', async () => {
  await visit('about:blank', { origin: 'about:blank' }, async (page) => {
    const stopped = [];
    page.on('requestfailed', (request) =>
      stopped.push([new URL(request.url()).pathname + new URL(request.url()).search, request.failure().errorText]),
    );
    const release = await withLate(page, second, `/?layers=${first},${second}&tab=layers&${NEAR}`);
    await page.waitForFunction(someDrawn, first);
    await page.waitForFunction(() => document.querySelector('.progress').innerText);
    await typeDay(page, 'as-of', '31/12/2022');
    const ofLayer = (day) => stopped.filter(([address]) => address.includes(second) && address.includes(`as_of=${day}`));
    const isStopped = (day, part) => ofLayer(day).some(([address]) => address.includes(part));
    // MapLibre gives up tiles that are on their way when their source goes, not when its address changes.
    await until(page, () => isStopped('2023-09-20', '/items?'));
    assert.equal(ofLayer('2022-12-31').length, 0);
    await page.locator(`[data-layer=${second}] .switch input`).uncheck();
    await until(page, () => isStopped('2023-09-20', '/tiles/') && isStopped('2022-12-31', '/items?'));
    assert.ok(stopped.every(([, why]) => why === 'net::ERR_ABORTED'));
    release();
    await settled(page);
    assert.equal(await drawn(page, second), 0);
  });
});

test('a layer that is turned off leaves the map, and comes back below what lies above it', async () => {
  await visit(`/?layers=${first},${second}&tab=layers`, {}, async (page) => {
    const order = () =>
      page.evaluate(() =>
        document
          .querySelector('map-view')
          .map.getLayersOrder()
          .filter((id) => /^(records|units|unit-|listed)/.test(id)),
      );
    const before = await order();
    await page.locator(`[data-layer=${first}] .switch input`).uncheck();
    await settled(page);
    assert.ok((await order()).every((id) => !id.startsWith(`records-${first}`)));
    await page.locator(`[data-layer=${first}] .switch input`).check();
    await settled(page);
    assert.deepEqual(await order(), before);
  });
});

test('the map is drawn anew when the reader’s colours change', async () => {
  await visit(`/?layers=${first}`, {}, async (page) => {
    const before = await drawn(page, first);
    const ground = () => page.evaluate(() => document.querySelector('map-view').map.getPaintProperty('ground', 'background-color'));
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction((light) => {
      const { map } = document.querySelector('map-view');
      return map.getLayer('ground') && map.getPaintProperty('ground', 'background-color') !== light && map.getSource('listed');
    }, light);
    await settled(page);
    assert.notEqual(await ground(), light);
    assert.ok(await page.evaluate(communesDrawn));
    assert.equal(await drawn(page, first), before);
  });
});

test('names in the address that every object has do not break the page', async () => {
  for (const search of ['?__proto__.polluted=1', '?constructor.polluted=1&at=5/99/999']) {
    await visit(`/${search}`, {}, async (page) => {
      assert.equal(await page.evaluate(() => ({}).polluted ?? Object.polluted), undefined);
      assert.equal(await page.locator('[data-code=camera_eyes] .big strong').innerText(), '421');
      assert.ok((await drawn(page, first)) > 50);
    });
  }
});
