import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ unitOn }] = await load('/src/view/unit-on.ts');

const layers = ['province', 'district', 'commune'].map((unitLevel) => ({ id: `${unitLevel}s`, unitLevel }));
const UNITS = {
  38: { valid_to: null, parent_code: null },
  37: { valid_to: '2025-06-30', parent_code: null },
  405: { valid_to: '2025-06-30', parent_code: '38' },
  370: { valid_to: '2025-06-30', parent_code: '37' },
  16378: { valid_to: '2024-12-31', parent_code: '405' },
};

/** The service, as of 2023. */
async function service(address) {
  const { pathname, searchParams } = new URL(address, 'http://hatang.example');
  assert.match(pathname, /\/(province|district|commune)s\/items$/);
  assert.equal(searchParams.get('as_of'), '2023-09-20');
  const properties = UNITS[searchParams.get('code')];
  return { features: properties ? [{ properties }] : [] };
}

test('a unit that has ended gives way to the one above it', async () => {
  for (const [code, day, shown] of [
    ['405', '2025-06-30', '405@2025-06-30'],
    ['405', '2025-07-01', '38@2025-07-01'],
    ['38', '2026-11-27', '38@2026-11-27'],
    ['16378', '2025-03-01', '405@2025-03-01'],
    ['16378', '2026-11-27', '38@2026-11-27'],
    ['370', '2026-11-27', undefined],
    ['99', '2026-11-27', undefined],
    ['x', '2026-11-27', undefined],
  ]) {
    assert.equal(await unitOn(day, code, '2023-09-20', layers, service), shown, `${code} on ${day}`);
  }
});
