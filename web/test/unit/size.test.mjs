// What a first visit loads, besides MapLibre: it must open on a weak line too.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { test } from 'node:test';

const MOST = 150_000;

test('the first load besides MapLibre is at most 150 kB', () => {
  const packed = ['dist', 'dist/assets'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
  const ours = packed.filter((name) => /\.(html|js|css)\.gz$/.test(name) && !/maplibre|account/.test(name));
  assert.ok(ours.length >= 5, ours.join());
  const size = ours.reduce((sum, name) => sum + statSync(name).size, 0);
  assert.ok(size <= MOST, `${size} bytes`);
});
