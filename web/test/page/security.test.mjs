import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, service, settled, visit } from './browser.mjs';

test('the map draws, and every part of the page opens, under the content policy', async () => {
  await visit('/', {}, async (page) => {
    assert.ok((await drawn(page, 'cameras')) > 50);
    for (const tab of ['layers', 'table', 'figures']) {
      await page.locator(`#tab-${tab}`).click();
      await settled(page);
    }
    const bars = await page.locator('.bar i').evaluateAll((bars) => bars.map(({ style }) => style.background));
    assert.ok(bars.length > 0 && bars.every(Boolean), 'bars have their colours');
    await page.locator('[data-code=camera_eyes] .big .number').click();
    const dot = page.locator('.rows .dot').first();
    await dot.waitFor();
    assert.notEqual(await dot.evaluate((dot) => getComputedStyle(dot).backgroundColor), 'rgba(0, 0, 0, 0)');
  });
});

test('the map draws again when the browser asks only whether its copy still holds', async () => {
  await visit('/', {}, async (page) => {
    const again = await page.goto(page.url());
    assert.match(again.headers()['content-security-policy'], /script-src 'self';/);
    await settled(page);
  });
});

test('the page of the API reads under its own content policy', async () => {
  await visit('/api/v1/docs', { origin: service }, async (page) => {
    await page.locator('.opblock-tag').first().click();
    await page.locator('.opblock-summary-control, .opblock').first().waitFor();
    assert.match(await page.evaluate(() => getComputedStyle(document.querySelector('.swagger-ui .opblock-tag')).fontFamily), /sans-serif/);
  });
});

for (const path of ['/', '/api/v1/docs']) {
  test(`a script that gets into ${path} does not run`, async () => {
    const refused = visit(path, { origin: service }, async (page) => {
      await page.evaluate(
        () =>
          new Promise((done) => {
            document.addEventListener('securitypolicyviolation', done, { once: true });
            const script = document.createElement('script');
            script.textContent = 'window.injected = true';
            document.body.append(script);
          }),
      );
      assert.equal(await page.evaluate(() => window.injected), undefined);
    });
    await assert.rejects(refused, /Content Security Policy/);
  });
}
