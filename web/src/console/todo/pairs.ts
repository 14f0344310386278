/** The pairs among rows that look like duplicates. */
import type { Item } from '../../api/items';
import type { Layer, Near } from '../../api/layers';

export interface Pair {
  items: [Item, Item];
  distance_m: number;
}

const RADIUS_M = 6_371_000;

/** The pairs that are near, in one commune, agree and face the same way, as the service compares them; the nearest first. */
export function pairsOf(items: Item[], near: Near): Pair[] {
  const agreed = new Map<string, Item[]>();
  for (const item of items) {
    const value = near.same.map((name) => item.properties[name]).find((value) => value != null);
    if (item.geometry?.type !== 'Point' || value === undefined) continue;
    const key = JSON.stringify([item.properties.commune_code, value]);
    agreed.set(key, [...(agreed.get(key) ?? []), item]);
  }
  const pairs = [...agreed.values()].flatMap((group) =>
    group.flatMap((a, nth) =>
      group.slice(nth + 1).flatMap((b): Pair[] => {
        const distance_m = distance(a, b);
        return distance_m <= near.distance_m && facesAlike(a, b, near) ? [{ items: [a, b], distance_m }] : [];
      }),
    ),
  );
  return pairs.sort((a, b) => a.distance_m - b.distance_m);
}

/** The fields that somebody fills in and in which two records differ. */
export function differences({ fields }: Pick<Layer, 'fields'>, [a, b]: [Item, Item]) {
  const said = (item: Item, name: string) => JSON.stringify(item.properties[name] ?? null);
  return fields.filter(({ name, isReadOnly }) => !isReadOnly && name !== 'code' && said(a, name) !== said(b, name));
}

function facesAlike(a: Item, b: Item, { direction, degrees }: Near): boolean {
  const [from, to] = [a, b].map(({ properties }) => direction && properties[direction]);
  if (typeof from !== 'number' || typeof to !== 'number') return true;
  return 180 - Math.abs(Math.abs(from - to) - 180) <= degrees;
}

/** Metres between two places. */
function distance(a: Item, b: Item): number {
  const [[ax, ay], [bx, by]] = [a, b].map(placeOf) as [[number, number], [number, number]];
  const half = (degrees: number) => Math.sin((degrees * Math.PI) / 360) ** 2;
  const cos = Math.cos((ay * Math.PI) / 180) * Math.cos((by * Math.PI) / 180);
  return 2 * RADIUS_M * Math.asin(Math.sqrt(half(ay - by) + cos * half(ax - bx)));
}

function placeOf({ geometry }: Item): [number, number] {
  return geometry?.type === 'Point' ? (geometry.coordinates as [number, number]) : [NaN, NaN];
}
