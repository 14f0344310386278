import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ firstView, read, write }] = await load('/src/view/address.ts');
const first = firstView('405@2023-09-20', '2026-11-22');

test('the first sight has no address', () => {
  assert.equal(first.compare, '2022-12-31');
  assert.equal(write(read('', first), first), '');
});

test('what is looked at comes back from its address', () => {
  const view = {
    ...first,
    language: 'en',
    tab: 'table',
    asOf: '2024-01-01',
    compare: '',
    on: ['a-layer', 'other'],
    shade: 'camera_eyes_delta',
    classing: 'jenks',
    selected: 'a-layer/7',
    rows: 'x_by_y:z',
    filters: { 'a-layer': { kind: ['p', 'q'] } },
    place: [12.5, 19.8, 105.7],
  };
  assert.deepEqual(read(write(view, first), first), view);
});

test('names in an address reach no object but the view', () => {
  for (const search of ['?__proto__.polluted=1', '?constructor.polluted=1', '?a-layer.__proto__=1', '?prototype.x=1&toString.y=2']) {
    const { filters } = read(search, first);
    assert.equal({}.polluted, undefined, search);
    assert.equal(Object.polluted, undefined, search);
    assert.equal(Object.prototype.toString.y, undefined, search);
    assert.ok(
      Object.keys(filters).every((layer) => Object.hasOwn(filters, layer)),
      search,
    );
  }
  assert.deepEqual(read('?__proto__.polluted=1', first), read('', first));
});

test('a place that is not on earth, and a home without a day, are borne', () => {
  assert.equal(read('?at=9/95/105', first).place, undefined);
  assert.equal(read('?at=9/19/190', first).place, undefined);
  assert.deepEqual(read('?at=9/19.8/105.7', first).place, [9, 19.8, 105.7]);
  assert.equal(firstView('405@soon', '2026-11-22').asOf, '2026-11-22');
});

test('nonsense in an address is ignored', () => {
  const view = read('?as_of=tomorrow&compare=2023-99-99&classes=none&at=x/y/z&tab=what', first);
  assert.deepEqual(view, read('', first));
});
