/** Which unit to show on another day. */
import { get, query } from '../api/get';
import type { Item, ItemPage } from '../api/items';
import type { Layer } from '../api/layers';

const LEVELS: Record<number, string> = { 2: 'province', 3: 'district', 5: 'commune' };

/**
 * The unit that `code` named on one day, on another: the same while it lasts, otherwise the one above it. A later unit with its
 * code is another one. Undefined if all of them have ended.
 */
export async function unitOn(day: string, code: string, named: string, layers: Layer[], load = get): Promise<string | undefined> {
  const layer = layers.find(({ unitLevel }) => unitLevel === LEVELS[code.length]);
  if (!layer) return undefined;
  const page = await load<ItemPage>(query(`/collections/${layer.id}/items`, { code, as_of: named, limit: 1 }));
  const unit: Item | undefined = page.features[0];
  if (!unit) return undefined;
  const { valid_to, parent_code } = unit.properties;
  if (typeof valid_to !== 'string' || valid_to >= day) return `${code}@${day}`;
  return typeof parent_code === 'string' ? unitOn(day, parent_code, named, layers, load) : undefined;
}
