/** Chromium on a page of the service; every test also fails on a console error, such as what the
 * content policy refused, or a request to another host. */
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const service = process.env.HATANG_URL ?? 'http://127.0.0.1:8080';
export const WIDE = { width: 1360, height: 850 };
export const NARROW = { width: 360, height: 740 };
export const SIZES = { wide: WIDE, narrow: NARROW };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--enable-unsafe-swiftshader',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // A page that a test answers itself counts as from afar, and may then ask nothing of this machine.
    '--disable-features=LocalNetworkAccessChecks',
  ],
});

export const close = () => browser.close();

/** Opens an address, runs the test on its page, and looks at what went wrong meanwhile; `statuses` are answers that are
 * meant, which Chromium notes as errors, and so is the lost connection of `isOffline`. */
export async function visit(path, options, run) {
  const context = await browser.newContext({ viewport: WIDE, locale: 'vi-VN', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong = [];
  page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !options?.statuses?.some((status) => message.text().includes(`status of ${status}`)) &&
      !(options?.isOffline && message.text().includes('net::ERR_FAILED')) &&
      wrong.push(message.text()),
  );
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (
      /^https?:$/.test(url.protocol) &&
      url.origin !== new URL(options?.origin ?? service).origin &&
      url.origin !== service &&
      !options?.allowed?.includes(url.origin)
    )
      wrong.push(`asks ${url.origin}`);
  });
  try {
    if (options?.origin !== 'about:blank') await page.goto(new URL(path, options?.origin ?? service).href);
    if (!options?.origin) await settled(page);
    await run(page);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

/** The figures are there, and the map has drawn all that it was given. */
export async function settled(page) {
  await page.waitForFunction(() => {
    const map = document.querySelector('map-view')?.map;
    return (
      map?.getSource('listed') &&
      map.loaded() &&
      map.getCanvas().style.visibility !== 'hidden' &&
      document.querySelector('main[aria-busy=false]') &&
      document.querySelector('h2')?.textContent?.trim()
    );
  });
}

/** Brings the whole home so near that records are drawn one by one. */
async function near(page) {
  if (page.viewportSize().height !== 1900) await page.setViewportSize({ width: 1600, height: 1900 });
  await page.evaluate(async () => {
    const { map } = document.querySelector('map-view');
    // Data that are being replaced have no bounds, and never will.
    const late = new Promise((done) => setTimeout(done, 2000));
    const box = await Promise.race([map.getSource('units')?.getBounds(), late]);
    map.jumpTo({ ...(box && { center: box.getCenter() }), zoom: 13 });
  });
  await settled(page);
}

/** How many records of a layer are drawn, those shown together counted. */
export async function drawn(page, layer) {
  await near(page);
  return page.evaluate((layer) => {
    const { map } = document.querySelector('map-view');
    const layers = ['sign', 'cluster', 'line', 'fill'].map((part) => `records-${layer}-${part}`).filter((id) => map.getLayer(id));
    const seen = new Map();
    // Records that are shown together have no id.
    for (const { id, geometry, properties } of map.queryRenderedFeatures({ layers })) {
      seen.set(id ?? JSON.stringify(geometry), properties.point_count ?? 1);
    }
    return [...seen.values()].reduce((sum, count) => sum + count, 0);
  }, layer);
}

/** Waits until so many records of a layer are drawn. */
export async function drawsAll(page, layer, count) {
  let seen;
  for (let i = 0; i < 60 && seen !== count; i++) {
    seen = await drawn(page, layer);
    if (seen !== count) await page.waitForTimeout(250);
  }
  assert.equal(seen, count, layer);
}

/** Types a day such as 31/12/2022 into the date field of a name. */
export async function typeDay(page, name, text) {
  const parts = text.split('/');
  for (const [i, part] of ['day', 'month', 'year'].entries()) await page.locator(`#${name}-${part}`).fill(parts[i]);
}

export async function api(path) {
  const response = await fetch(`${service}/api/v1${path}`);
  assert.equal(response.status, 200, path);
  return response.json();
}
