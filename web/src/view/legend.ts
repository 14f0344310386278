/** The records of a layer by the values of its legend, which can be turned off one by one. */
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

/** The records whose value is shown. */
export function shownItems({ filters }: View, { id, legend }: Layer, all: Item[]): Item[] {
  const shown = legend && filters[id]?.[legend.name];
  return legend && shown?.length ? all.filter((item) => shown.includes(valueOf(item, legend.name) || NONE)) : all;
}

/** Turns one value on or off; all on is the same as none chosen. */
export function toggled(all: Entry[], value: string): string[] {
  const shown = all.filter((entry) => (entry.value === value ? !entry.shown : entry.shown));
  if (!shown.length) return [NOTHING];
  return shown.length === all.length ? [] : shown.map((entry) => entry.value || NONE);
}

/** How a choice that leaves nothing, and a record without a value, stand in the address. */
const NOTHING = 'none';
const NONE = '-';

function valueOf(item: Item, field: string): string {
  const value = item.properties[field];
  return typeof value === 'string' ? value : '';
}
