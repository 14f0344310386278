/** Colours that people with any colour vision can tell apart: Okabe and Ito's, then some of Paul Tol's. */
import type { Field, Layer } from '../api/layers';

const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#882255',
  '#117733',
  '#aa4499',
  '#999933',
  '#332288',
  '#44aa99',
];

export const GREY = '#7a8288';
const SEQUENCES = {
  light: ['#eff5f7', '#d6e6ec', '#b4d1dd', '#8bb8ca', '#5f9ab2'],
  dark: ['#1f2b32', '#25404c', '#2d5566', '#376d82', '#45879f'],
};
/** Losses in orange, gains in blue, so that nobody has to tell red from green. */
const DIVERGING = {
  light: ['#b35806', '#f1a340', '#f1efe9', '#b4d1dd', '#5f9ab2'],
  dark: ['#f1a340', '#9a5a12', '#343a3d', '#2d5566', '#45879f'],
};

export type Theme = 'light' | 'dark';

export function theme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** `count` shades, from low to high. */
export function shades(count: number, diverging: boolean): string[] {
  const all = (diverging ? DIVERGING : SEQUENCES)[theme()];
  if (count >= all.length) return all;
  return Array.from({ length: count }, (_, i) => all[Math.round(((i + 0.5) * all.length) / count - 0.5)]!);
}

/**
 * Colours for the values of each layer's legend. Layers with the same enumeration, such as the operators, get the same
 * colours. Other enumerations start elsewhere in the list.
 */
export function legendColours(layers: Layer[]): Map<string, Map<string, string>> {
  const begins = new Map<string, number>();
  const colours = new Map<string, Map<string, string>>();
  for (const { id, legend } of layers) {
    if (!legend) continue;
    const key = signature(legend);
    if (!begins.has(key)) begins.set(key, begins.size * 3);
    const begin = begins.get(key)!;
    const of = legend.values.map(({ value }, i) => [value, COLOURS[(begin + i) % COLOURS.length]!] as const);
    colours.set(id, new Map(of));
  }
  return colours;
}

function signature({ values }: Field): string {
  return values.map(({ value }) => value).join();
}
