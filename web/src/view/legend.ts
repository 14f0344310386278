/** The records of a layer by the values of its legend, which can be turned off one by one. */
import type { Item } from '../api/items';
import type { Layer } from '../api/layers';
import type { Model } from './model';

export interface Entry {
  value: string;
  count: number;
  shown: boolean;
}

export function entries(model: Model, { id, legend }: Layer): Entry[] {
  if (!legend) return [];
  const counts = new Map<string, number>();
  const layer = model.layers.find((layer) => layer.id === id)!;
  for (const item of model.items(layer).value?.features ?? []) counts.set(valueOf(item, legend.name), (counts.get(valueOf(item, legend.name)) ?? 0) + 1);
  const shown = model.view.filters[id]?.[legend.name];
  const order = [...legend.values.map(({ value }) => value), ''];
  return order
    .filter((value) => counts.has(value))
    .map((value) => ({ value, count: counts.get(value)!, shown: !shown?.length || shown.includes(value || NONE) }));
}

/** The records whose value is shown. */
export function shownItems(model: Model, layer: Layer): Item[] {
  const all = model.items(layer).value?.features ?? [];
  const { legend } = layer;
  const shown = legend && model.view.filters[layer.id]?.[legend.name];
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
