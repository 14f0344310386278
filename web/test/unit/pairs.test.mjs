import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ differences, pairsOf }] = await load('/src/console/todo/pairs.ts');
const NEAR = { distance_m: 10, same: ['managing_org', 'managing_level'], direction: 'azimuth_deg', degrees: 30 };

/** A record some metres east of the others. */
const record = (id, metres, properties = {}) => ({
  id,
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [105.7 + metres / 104_650, 19.8] },
  properties: { commune_code: '16378', managing_level: 'school', ...properties },
});
const ids = (items) => pairsOf(items, NEAR).map(({ items }) => items.map(({ id }) => id).join());

test('pairs are near, agree, and look the same way; the nearest come first', () => {
  assert.deepEqual(ids([record(1, 0), record(2, 9), record(3, 11)]), ['2,3', '1,2']);
  assert.deepEqual(ids([record(1, 0), record(2, 1, { managing_level: 'department' })]), []);
  assert.deepEqual(ids([record(1, 0), record(2, 1, { commune_code: '16384' })]), []);
  const north = (azimuth_deg) => record(azimuth_deg, 0, { azimuth_deg });
  assert.deepEqual(ids([north(350), north(15), north(50)]), ['350,15'], 'over north');
  assert.deepEqual(ids([north(90), record(2, 0)]), ['90,2'], 'an unknown direction may be any');
});

test('the first known field decides whether they agree', () => {
  const org = (id, managing_org) => record(id, 0, { managing_org });
  assert.deepEqual(ids([org(1, 'A'), org(2, 'A'), org(3, null)]), ['1,2']);
});

test('a record without a place is in no pair', () => {
  assert.deepEqual(ids([{ ...record(1, 0), geometry: null }, record(2, 0)]), []);
});

test('differences are what people fill in', () => {
  const fields = ['code', 'name', 'eye_count', 'version'].map((name) => ({ name, isReadOnly: name === 'version' }));
  const [a, b] = [
    record(1, 0, { code: 'a', name: 'x', eye_count: 1, version: 1 }),
    record(2, 0, { code: 'b', name: 'x', eye_count: 2, version: 9 }),
  ];
  assert.deepEqual(
    differences({ fields }, [a, b]).map(({ name }) => name),
    ['eye_count'],
  );
});
