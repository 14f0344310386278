import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, drawn, drawsAll, service, settled, SIZES, typeDay, visit } from './browser.mjs';

const vi = (value) => new Intl.NumberFormat('vi').format(value);
const text = (page, selector) => page.locator(selector).first().innerText();

/** The panel says what the API says, headline by headline. */
async function says(page, { figures }) {
  const { definitions } = await api('/stats/definitions');
  for (const { code, by, denominator } of definitions.filter(({ headline }) => headline)) {
    const figure = figures[code];
    if (by) {
      for (const [value, count] of Object.entries(figure.values)) {
        assert.equal(await text(page, `[data-code=${code}] [data-value=${value}] strong`), vi(count), `${code} ${value}`);
      }
    } else if (denominator) {
      assert.equal(await text(page, `[data-code=${code}] strong`), `${vi(figure.covered)}/${vi(figure.total)}`, code);
    } else {
      assert.equal(await text(page, `[data-code=${code}] .big strong`), vi(figure.value), code);
      if (figure.delta) assert.equal(await text(page, `[data-code=${code}] .big .change`), `+${vi(figure.delta.value)}`, code);
    }
  }
}

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`the panel shows the API's numbers, ${size}`, async () => {
    await visit('/', { viewport }, async (page) => {
      const stats = await api('/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31');
      await says(page, stats);
      assert.equal(await text(page, '[data-code=camera_eyes] .big strong'), '421');
      const [note] = stats.figures.camera_eyes.delta.notes;
      assert.match(note, /85/);
      assert.equal((await text(page, '[data-code=camera_eyes] .note')).toLowerCase(), `${note.replace(/\.$/, '')}.`.toLowerCase());
      assert.equal(await text(page, '[data-code=camera_eyes] .parts'), 'Trong đó: lắp mới 109');
      assert.match(await text(page, '[data-code=camera_hamlets] .number'), /^67\/97 thôn$/);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wider, false, 'nothing sticks out of the page');
    });
  });
}

test('as-of and compare change the numbers', async () => {
  await visit('/', {}, async (page) => {
    await typeDay(page, 'as-of', '31/12/2022');
    await settled(page);
    await says(page, await api('/stats/405@2023-09-20?as_of=2022-12-31&compare=2021-12-31'));
    await typeDay(page, 'compare', '30/6/2022');
    await settled(page);
    await says(page, await api('/stats/405@2023-09-20?as_of=2022-12-31&compare=2022-06-30'));
    assert.match(page.url(), /as_of=2022-12-31&compare=2022-06-30/);
    await typeDay(page, 'compare', '30/6/2023');
    await page.locator('.wrong', { hasText: 'phải trước' }).waitFor();
  });
});

test('a day is 20/9/2023 in an English browser too, and one that is none changes nothing', async () => {
  await visit('/?lang=en', { locale: 'en-US' }, async (page) => {
    const part = (name) => page.locator(`#as-of-${name}`);
    const read = async () => [await part('day').inputValue(), await part('month').inputValue(), await part('year').inputValue()];
    assert.deepEqual(await read(), ['20', '9', '2023']);
    // As it is typed: the focus goes on by itself.
    await part('day').click();
    await part('day').selectText();
    await page.keyboard.type('31122022');
    await page.waitForURL(/as_of=2022-12-31/);
    await settled(page);
    await typeDay(page, 'as-of', '30/2/2023');
    await page.locator('#compare-day').focus();
    await page.getByText('The date is not complete').waitFor();
    await typeDay(page, 'as-of', '1/1/2199');
    await page.getByText('Choose a day up to').waitFor();
    assert.match(page.url(), /as_of=2022-12-31/);
  });
});

test('time goes in steps from report to report, and today shows what the unit became', async () => {
  await visit('/', {}, async (page) => {
    const day = () => page.locator('date-field[name=as-of]').evaluate(({ value }) => value);
    await page.locator('.steps button').first().click();
    assert.equal(await day(), '2022-12-31', 'the day of the figures published before');
    await page.locator('.steps button').last().click();
    assert.equal(await day(), '2023-09-20');
    await page.locator('.steps button').nth(1).click();
    await page.locator('.unit-head h2', { hasText: 'Tỉnh Thanh Hóa' }).waitFor();
    const note = page.locator('.unit-head .note');
    assert.match(await note.innerText(), /Huyện Đông Sơn đến nay không còn nữa\. Đang xem Tỉnh Thanh Hóa/);
    await page.locator('.unit-head .back').click();
    await page.locator('.unit-head h2', { hasText: 'Huyện Đông Sơn' }).waitFor();
  });
});

test('a posted camera appears after a refresh', { skip: !process.env.TOKEN && 'no TOKEN' }, async () => {
  const today = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
  await visit(`/?as_of=${today}&compare=`, {}, async (page) => {
    const before = await drawn(page, 'cameras');
    const eyes = Number(await text(page, '[data-code=camera_eyes] .big strong'));
    const response = await fetch(`${service}/api/v1/collections/cameras/items`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${process.env.TOKEN}`, 'Content-Type': 'application/geo+json' },
      body: JSON.stringify({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [105.7312, 19.8203] },
        properties: { name: 'Camera thử', managing_level: 'commune_police', eye_count: 3 },
      }),
    });
    assert.equal(response.status, 201, await response.text());
    await page.locator('.tool.refresh').click();
    await page.locator('[data-code=camera_eyes] .big strong', { hasText: String(eyes + 3) }).waitFor();
    await drawsAll(page, 'cameras', before + 1);
  });
});

test('the table sorts, and its sum is the district’s own figure', async () => {
  await visit('/?tab=table', {}, async (page) => {
    const column = () => page.locator('tbody td:nth-child(2)').allInnerTexts();
    await page.locator('thead button').nth(1).click();
    const falling = (await column()).map(Number);
    assert.equal(falling.length, 14);
    assert.deepEqual(
      falling,
      [...falling].sort((a, b) => b - a),
    );
    await page.locator('thead button').nth(1).click();
    assert.deepEqual(
      (await column()).map(Number),
      falling.reverse().sort((a, b) => a - b),
    );
    assert.equal(await text(page, 'tfoot tr:last-child td'), '421');
    const loose = Number(await text(page, 'tfoot .unassigned td'));
    assert.equal(
      falling.reduce((sum, eyes) => sum + eyes, loose),
      421,
      'the communes and what lies in none add up',
    );
    const address = await page.locator('a[download]').getAttribute('href');
    const csv = await (await fetch(service + address)).text();
    assert.equal(csv.trim().split('\n').length, 16, 'a head, 14 communes, what lies in none');
    assert.match(csv, /^,unassigned,commune,/m);
  });
});

test('English says everything in English', async () => {
  await visit('/?tab=layers', {}, async (page) => {
    await page.locator('.language').click();
    await settled(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    const said = await page.evaluate(() =>
      [...document.querySelectorAll('.layer, .dates, .tabs, .head h1, shade-control, .legend, footer')]
        .map((part) => part.innerText)
        .join('\n'),
    );
    assert.doesNotMatch(said, /[ăđĩũơưạ-ỹ]/i);
  });
});
