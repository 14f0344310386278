import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ vi }, { en }] = await load('/src/texts/vi.ts', '/src/texts/en.ts');
const main = { vi, en };
const sources = readdirSync('src', { recursive: true, withFileTypes: false }).filter(
  (name) => /\.ts$/.test(name) && !name.endsWith('openapi.d.ts'),
);
const read = (name) => readFileSync(`src/${name}`, 'utf8');

/** The texts of each page of the console, beside it in `texts.ts`. */
const ofPages = sources.filter((name) => /^console\/.*texts\.ts$/.test(name));
const pages = await load(...ofPages.map((name) => `/src/${name}`));

test('every text has both languages, with the same gaps to fill', () => {
  assert.ok(pages.length > 1);
  const gaps = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const { vi, en } of [main, ...pages]) {
    assert.deepEqual(Object.keys(en).sort(), Object.keys(vi).sort());
    for (const [key, text] of Object.entries(vi)) {
      assert.ok(text && en[key], key);
      assert.deepEqual(gaps(en[key]), gaps(text), key);
    }
  }
});

/** Keys that are made of what the service answers. */
const MADE = /^[a-z]\w*\./i;

function unused(keys, names) {
  const code = names.map(read).join('\n');
  return keys.filter((key) => !MADE.test(key) && !new RegExp(`['"\`]${key}['"\`]`).test(code));
}

test('no text is unused', () => {
  const suffixes = ['covered', 'total', 'unknown']; // of a unit's flat properties
  const all = sources.filter((name) => !/texts\/(vi|en)\.ts$|texts\.ts$/.test(name));
  assert.deepEqual(
    unused(Object.keys(main.vi), all).filter((key) => !suffixes.includes(key)),
    [],
  );
  for (const [i, { vi }] of pages.entries()) assert.deepEqual(unused(Object.keys(vi), all), [], ofPages[i]);
});

test('parts and pages hold no text of their own', () => {
  const parts = sources.filter((name) => /^(parts|console)\//.test(name) && !name.endsWith('texts.ts'));
  for (const name of parts) {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|\/\/.*$|=>|>=|>;|<[A-Z][^<>]*>/gm, '');
    assert.doesNotMatch(code, /[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]/i, `${name} has Vietnamese in it`);
    const words = [...code.matchAll(/>\s*([A-Za-z]{3,}[^<>{}$`;=&]*)</g)].map(([, text]) => text);
    assert.deepEqual(words, [], name);
  }
});

test('no style stands in an attribute: the policy of the page forbids it, `.style=` is allowed', () => {
  for (const name of sources) assert.doesNotMatch(read(name), /[^.\w]style=|styleMap/, name);
});

test('the page knows no layer by name', () => {
  const { paths } = JSON.parse(readFileSync('../openapi/openapi.json', 'utf8'));
  const layers = Object.keys(paths).flatMap((path) => /^\/collections\/([a-z-]+)\/items$/.exec(path)?.[1] ?? []);
  assert.ok(layers.length >= 10, layers.join());
  const schemas = layers.map((layer) => layer.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase()) + 'Feature');
  const names = new RegExp(`['"\`/](${layers.join('|')})['"\`/]|\\b(${schemas.join('|')})`);
  for (const name of sources.filter((name) => !name.startsWith('texts/'))) assert.doesNotMatch(read(name), names, name);
});

test('the page keeps to what MapLibre documents', () => {
  const inside = /\.painter\b|\.style\.(stylesheet|_|sourceCaches|tileManagers)|\bmap!?\._|\.transform\./;
  for (const name of sources) assert.doesNotMatch(read(name), inside, name);
});

test('every sheet of styles stands beside the part that it is for', () => {
  const sheets = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.css') && !name.startsWith('style/'));
  assert.ok(sheets.length > 10);
  for (const sheet of sheets) {
    const part = sheet.replace(/css$/, 'ts');
    assert.ok(read(part).includes(`import './${sheet.split('/').pop()}'`), sheet);
  }
});
