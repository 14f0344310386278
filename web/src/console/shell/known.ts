/** What does not change while the console is open: the layers, and the names of units. Asked once. */
import { get, query } from '../../api/get';
import { nameOf, type ItemPage } from '../../api/items';
import { layers, type Layer } from '../../api/layers';
import { today } from '../../view/address';
import type { Session } from './session';

let known: Promise<Layer[]> | undefined;

/** All layers with their fields. A failure is not kept. */
export function knownLayers(): Promise<Layer[]> {
  known ??= layers().catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

export interface Unit {
  /** `code@day`. */
  id: string;
  name: string;
  level: string;
}

const HITS = 6;

/** The units of a day whose names or codes fit a text, the greatest first. */
export async function findUnits(text: string, on: string, signal: AbortSignal): Promise<Unit[]> {
  const levels = (await knownLayers()).filter(({ unitLevel }) => unitLevel && unitLevel !== 'hamlet');
  const found = await Promise.all(
    levels.map(async (layer) => {
      const parameters = { q: text, as_of: on, limit: HITS, skipGeometry: 'true' };
      const { features } = await get<ItemPage>(query(`/collections/${layer.id}/items`, parameters), signal);
      return features.map((item) => ({ id: `${String(item.properties.code)}@${on}`, name: nameOf(item), level: layer.unitLevel! }));
    }),
  );
  const order = ['province', 'district', 'commune'];
  return found.flat().sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

const names = new Map<string, Promise<string>>();

/** The name of `code@day`; the code itself if there is no such unit. */
export function unitName(unit: string): Promise<string> {
  let name = names.get(unit);
  if (!name) {
    name = get<{ name: string }>(query(`/units/${unit}`, {})).then(
      (found) => found.name,
      () => unit,
    );
    names.set(unit, name);
  }
  return name;
}

const communes = new Map<string, string>();

/** The names of communes of today by code, as far as they are known. */
export function communeName(code: string): string | undefined {
  return communes.get(code);
}

/** Learns the names of communes; resolves to whether there were new ones. */
export async function learnCommunes(codes: string[], signal?: AbortSignal): Promise<boolean> {
  const unknown = [...new Set(codes)].filter((code) => !communes.has(code));
  const layer = (await knownLayers()).find(({ unitLevel }) => unitLevel === 'commune');
  if (!unknown.length || !layer) return false;
  for (let i = 0; i < unknown.length; i += 200) {
    const parameters = { code: unknown.slice(i, i + 200).join(','), properties: 'code,name', skipGeometry: 'true', limit: 200 };
    const { features } = await get<ItemPage>(query(`/collections/${layer.id}/items`, parameters), signal);
    for (const item of features) communes.set(String(item.properties.code), nameOf(item));
  }
  for (const code of unknown) if (!communes.has(code)) communes.set(code, code);
  return true;
}

/** The unit on which a page opens: that of the reader's grants, otherwise the first province of the register. */
export async function homeUnit({ unit }: Pick<Session, 'unit'>): Promise<string> {
  if (unit) return `${unit.code}@${unit.on}`;
  const layer = (await knownLayers()).find(({ unitLevel }) => unitLevel === 'province');
  if (!layer) return '';
  const parameters = { properties: 'code', skipGeometry: 'true', limit: 1, sortby: 'code' };
  const { features } = await get<ItemPage>(query(`/collections/${layer.id}/items`, parameters));
  const code = features[0]?.properties.code;
  return typeof code === 'string' ? `${code}@${today()}` : '';
}
