/** The place of a record: the units in which it lies, and what is registered near it. */
import { get, query } from '../../api/get';
import type { Item, ItemPage } from '../../api/items';
import type { Schemas } from '../../api/schemas';
import type { Position } from '../map/place-map';

export interface Found {
  geometry: { coordinates: Position };
  units: Schemas['Unit'][];
}

/** Reads coordinates as they were typed; `crs` is the system of those in metres. */
export function readPlace(at: string, crs: string | undefined, signal?: AbortSignal): Promise<Found> {
  return get<Found>(query('/place', { at, crs }), signal);
}

export interface Near {
  item: Item;
  distance_m: number;
}

const NEAR_M = 40;
const MOST = 4;

/** The nearest records of a layer. */
export async function nearby(layer: string, [lng, lat]: Position, signal: AbortSignal): Promise<Near[]> {
  const { features } = await get<ItemPage>(query(`/collections/${layer}/items`, { near: `${lng},${lat},${NEAR_M}`, limit: 50 }), signal);
  const near = features.map((item) => ({ item, distance_m: distance(item, [lng, lat]) }));
  return near.sort((a, b) => a.distance_m - b.distance_m).slice(0, MOST);
}

/** More records than a map shows apart are cut off: they are only there to be recognised. */
const MOST_SHOWN = 500;

/** The records of a layer in a box. */
export async function known(layer: string, box: number[]): Promise<Item[]> {
  const bbox = box.map((degrees) => degrees.toFixed(5)).join(',');
  return (await get<ItemPage>(query(`/collections/${layer}/items`, { bbox, limit: MOST_SHOWN, properties: 'name' }))).features;
}

/** Metres between places so near that the Earth is flat. */
function distance({ geometry }: Item, [lng, lat]: Position): number {
  const [x, y] = geometry?.type === 'Point' ? (geometry.coordinates as Position) : [lng, lat];
  return Math.round(Math.hypot((x - lng) * 111_320 * Math.cos((lat * Math.PI) / 180), (y - lat) * 111_320));
}

/** The central meridians of VN-2000 in zones of 3 degrees, in the order of provinces from west to east. */
export const MERIDIANS = [
  "103°00'",
  "104°00'",
  "104°30'",
  "104°45'",
  "105°00'",
  "105°30'",
  "105°45'",
  "106°00'",
  "106°15'",
  "106°30'",
  "107°00'",
  "107°15'",
  "107°30'",
  "107°45'",
  "108°00'",
  "108°15'",
  "108°30'",
];
