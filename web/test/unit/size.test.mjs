// What a first visit of the map page loads, besides MapLibre: it must open on a weak line too.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';

const MOST = 150_000;
const manifest = JSON.parse(readFileSync('dist/manifest.json', 'utf8'));

/** The files of a chunk and of all that it imports, at once or later. */
function files(name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  const { file, css = [], imports = [], dynamicImports = [] } = manifest[name];
  return [file, ...css, ...[...imports, ...dynamicImports].flatMap((other) => files(other, seen))];
}

const packed = (name) => statSync(existsSync(`dist/${name}.gz`) ? `dist/${name}.gz` : `dist/${name}`).size;

test('the first load besides MapLibre is at most 150 kB', () => {
  const ours = [...new Set(['index.html', ...files('index.html')])].filter((name) => !name.includes('maplibre'));
  assert.ok(ours.length >= 5, ours.join());
  const size = ours.reduce((sum, name) => sum + packed(name), 0);
  assert.ok(size <= MOST, `${size} bytes`);
});

test('the map page loads nothing of the console', () => {
  const inConsole = Object.entries(manifest).filter(([name]) => name.startsWith('src/console/') || name === 'console.html');
  assert.ok(inConsole.length > 1);
  const ours = files('index.html');
  for (const [name, { file }] of inConsole) assert.ok(!ours.includes(file), name);
});
