import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ breaks, classOf }] = await load('/src/colour/classes.ts');
const values = [1, 2, 3, 4, 10, 11, 12, 50, 51, 100];

test('quantiles hold equal numbers', () => {
  assert.deepEqual(breaks(values, 5, 'quantile'), [2, 4, 11, 50, 100]);
});

test('equal intervals are equally wide', () => {
  assert.deepEqual(breaks([0, 3, 5, 9, 10, 7], 5, 'equal'), [2, 4, 6, 8, 10]);
});

test('natural breaks lie in the gaps', () => {
  assert.deepEqual(breaks(values, 4, 'jenks'), [4, 12, 51, 100]);
});

test('few values are a class each, and every value has a class', () => {
  for (const classing of ['quantile', 'equal', 'jenks']) {
    assert.deepEqual(breaks([3, 3, 1], 5, classing), [1, 3]);
    const bounds = breaks(values, 5, classing);
    for (const value of values) assert.ok(value <= bounds[classOf(value, bounds)]);
  }
});
