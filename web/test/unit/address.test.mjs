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
    ...first, language: 'en', tab: 'table', asOf: '2024-01-01', compare: '', on: ['a-layer', 'other'], shade: 'camera_eyes_delta',
    classing: 'jenks', selected: 'a-layer/7', rows: 'x_by_y:z', filters: { 'a-layer': { kind: ['p', 'q'] } }, place: [12.5, 19.8, 105.7],
  };
  assert.deepEqual(read(write(view, first), first), view);
});

test('nonsense in an address is ignored', () => {
  const view = read('?as_of=tomorrow&compare=2023-99-99&classes=none&at=x/y/z&tab=what', first);
  assert.deepEqual(view, read('', first));
});
