/** The values of a layer's legend. Each can be turned off. */
import type { Layer } from '../api/layers';
import type { View } from './address';

export interface Entry {
  /** Empty for records without a value. */
  value: string;
  shown: boolean;
}

export function entries({ filters }: View, { id, legend }: Layer): Entry[] {
  const shown = legend && filters[id]?.[legend.name];
  const values = legend ? [...legend.values.map(({ value }) => value), ''] : [];
  return values.map((value) => ({ value, shown: !shown?.length || shown.includes(value || NONE) }));
}

/** The parameters that ask for the records whose values are turned on; undefined if none are. */
export function legendFilter({ filters }: View, { id, legend }: Layer): Record<string, string> | undefined {
  const shown = (legend && filters[id]?.[legend.name]) ?? [];
  if (!legend || !shown.length) return {};
  const known = shown.filter((value) => legend.values.some((choice) => choice.value === value));
  if (shown.includes(NONE)) return { filter: [without(legend.name), ...known.map((value) => `${legend.name} = '${value}'`)].join(' OR ') };
  return known.length ? { [legend.name]: known.join(',') } : undefined;
}

/** The parameters that ask for the records of one value, or without a value. */
export function valueFilter({ legend }: Layer, value: string): Record<string, string> {
  return value ? { [legend!.name]: value } : { filter: without(legend!.name) };
}

/** Turns a value on or off. All values on is the same as no choice. */
export function toggled(all: Entry[], value: string): string[] {
  const shown = all.filter((entry) => (entry.value === value ? !entry.shown : entry.shown));
  if (!shown.length) return [NOTHING];
  return shown.length === all.length ? [] : shown.map((entry) => entry.value || NONE);
}

/** What the address says for no value at all, and for records without a value. */
const NOTHING = 'none';
const NONE = '-';

function without(field: string): string {
  return `${field} IS NULL`;
}
