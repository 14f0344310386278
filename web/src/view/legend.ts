/** The records of a layer by the values of its legend. Each value can be turned off. */
import type { Item } from '../api/items';
import type { Layer } from '../api/layers';
import type { View } from './address';

export interface Entry {
  value: string;
  count: number;
  shown: boolean;
}

export function entries({ filters }: View, { id, legend }: Layer, all: Item[]): Entry[] {
  if (!legend) return [];
  const counts = new Map<string, number>();
  for (const item of all) counts.set(valueOf(item, legend.name), (counts.get(valueOf(item, legend.name)) ?? 0) + 1);
  const shown = filters[id]?.[legend.name];
  const order = [...legend.values.map(({ value }) => value), ''];
  return order
    .filter((value) => counts.has(value))
    .map((value) => ({ value, count: counts.get(value)!, shown: !shown?.length || shown.includes(value || NONE) }));
}

/** The records whose values are turned on. */
export function shownItems({ filters }: View, { id, legend }: Layer, all: Item[]): Item[] {
  const shown = legend && filters[id]?.[legend.name];
  return legend && shown?.length ? all.filter((item) => shown.includes(valueOf(item, legend.name) || NONE)) : all;
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

function valueOf(item: Item, field: string): string {
  const value = item.properties[field];
  return typeof value === 'string' ? value : '';
}
