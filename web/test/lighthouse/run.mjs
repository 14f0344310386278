/**
 * Lighthouse 12 on the map page, and on a bare page of MapLibre that draws one of our layers (`bare.html`), in turns, as
 * both get slower together on a busy machine. Without `--compare` only what does not depend on the machine: access,
 * best practices, size.
 */
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { open } from './site.mjs';

const BEST = 95; // least score of accessibility and best practices
const BEHIND = 5; // most points of performance below the bare page
const SIZE = 400_000; // most bytes of the first load as they travel, besides MapLibre's code
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--disable-background-networking'];

const compare = process.argv.includes('--compare');
const runs = compare ? Number(process.env.RUNS ?? 5) : 1;
const site = await open(process.env.HATANG_URL ?? 'http://127.0.0.1:8080');
const ours = [];
const bare = [];
try {
  for (let run = 0; run < runs; run++) {
    if (compare) bare.push(await visit('/bare/bare.html'));
    ours.push(await visit('/'));
  }
} finally {
  site.close();
}
process.exit(judge() ? 0 : 1);

async function visit(path) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: FLAGS, logLevel: 'silent' });
  try {
    const { lhr } = await lighthouse(
      site.address + path,
      { port: chrome.port, logLevel: 'error', onlyCategories: ['performance', 'accessibility', 'best-practices'] },
      desktopConfig,
    );
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const milliseconds = (audit) => Math.round(lhr.audits[audit].numericValue ?? NaN);
    const seen = {
      performance: score(lhr, 'performance'),
      accessibility: score(lhr, 'accessibility'),
      practices: score(lhr, 'best-practices'),
      size: sizeOf(lhr),
      painted: milliseconds('first-contentful-paint'),
      largest: milliseconds('largest-contentful-paint'),
      blocked: milliseconds('total-blocking-time'),
    };
    console.log(
      path.padEnd(16),
      Object.entries(seen)
        .map(([name, value]) => `${name} ${value}`)
        .join('  '),
    );
    return seen;
  } finally {
    chrome.kill();
  }
}

function score(lhr, category) {
  return Math.round((lhr.categories[category].score ?? 0) * 100);
}

function sizeOf(lhr) {
  const { items } = lhr.audits['network-requests'].details;
  return items
    .filter(({ url }) => url.startsWith('http') && !/maplibre[^/]*\.js$/.test(url))
    .reduce((sum, { transferSize }) => sum + Math.max(0, transferSize), 0);
}

function judge() {
  const least = (name) => Math.min(...ours.map((seen) => seen[name]));
  const size = Math.max(...ours.map((seen) => seen.size));
  const claims = [
    [least('accessibility') >= BEST, `accessibility ${least('accessibility')}, at least ${BEST}`],
    [least('practices') >= BEST, `best practices ${least('practices')}, at least ${BEST}`],
    [size < SIZE, `first load besides MapLibre ${size} bytes, less than ${SIZE}`],
  ];
  if (compare) {
    const [page, plain] = [ours, bare].map((all) => median(all.map(({ performance }) => performance)));
    claims.push([page >= plain - BEHIND, `performance ${page}, at most ${BEHIND} below the ${plain} of a bare page (medians of ${runs})`]);
  }
  for (const [holds, claim] of claims) console.log(holds ? 'ok:' : 'FAILED:', claim);
  return claims.every(([holds]) => holds);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
