// What is shipped to browsers may be shipped: permissive licences only, as deny.toml says of the program's own parts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const PERMISSIVE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'Unlicense', '(MIT OR Apache-2.0)'];
// Names its licence (MIT) in its README only; a tool of the style specification's that is not in the bundle.
const READ_BY_HAND = ['node_modules/@mapbox/jsonlint-lines-primitives'];

test('every package of the page has a permissive licence', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.dev && !READ_BY_HAND.includes(path));
  assert.ok(shipped.length > 3);
  for (const [path, entry] of shipped) {
    assert.ok(PERMISSIVE.includes(entry.license), `${path}: ${entry.license}`);
  }
});
