import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ unitOn }] = await load('/src/view/unit-on.ts');

const part = (code, valid_from, part = 'full') => ({ code, valid_from, part });
const VERSIONS = {
  '405@2023-09-20': { valid_to: '2024-12-31', parent: { code: '38' }, successors: [part('380', '2025-01-01')] },
  '380@2025-01-01': { valid_to: '2025-06-30', parent: { code: '38' }, successors: [] },
  '38@2025-06-30': { valid_to: null, parent: null, successors: [] },
  '16378@2023-09-20': { valid_to: '2024-12-31', parent: { code: '405' }, successors: [part('16379', '2025-01-01')] },
  '16379@2025-01-01': { valid_to: null, parent: { code: '38' }, successors: [] },
  '100@2023-09-20': { valid_to: '2024-12-31', parent: { code: '38' }, successors: [part('1', '2025-01-01'), part('2', '2025-01-01')] },
  '101@2023-09-20': { valid_to: '2024-12-31', parent: { code: '38' }, successors: [part('1', '2025-01-01', 'partial')] },
  '38@2024-12-31': { valid_to: null, parent: null, successors: [] },
  '37@2023-09-20': { valid_to: '2024-12-31', parent: null, successors: [] },
};

/** The service. */
async function service(address) {
  const version = VERSIONS[/\/units\/(.*)$/.exec(address)[1]];
  if (!version) throw new Error(`no such unit: ${address}`);
  return version;
}

test('a unit that has ended gives way to what it became, or to the one above it', async () => {
  for (const [named, day, shown] of [
    ['405@2023-09-20', '2024-12-31', '405@2024-12-31'],
    ['405@2023-09-20', '2025-06-30', '380@2025-06-30'],
    ['405@2023-09-20', '2026-11-28', '38@2026-11-28'],
    ['16378@2023-09-20', '2026-11-28', '16379@2026-11-28'],
    ['100@2023-09-20', '2026-11-28', '38@2026-11-28'],
    ['101@2023-09-20', '2026-11-28', '38@2026-11-28'],
    ['37@2023-09-20', '2026-11-28', undefined],
    ['VN@2023-09-20', '2026-11-28', 'VN@2026-11-28'],
  ]) {
    assert.equal(await unitOn(day, named, service), shown, `${named} on ${day}`);
  }
  await assert.rejects(unitOn('2026-11-28', '99@2023-09-20', service));
});
