/** Where the console's maps open: the communes of one's grants, as outlines. */
import { get, query } from '../../api/get';
import type { Item, ItemPage } from '../../api/items';
import { layers } from '../../api/layers';
import type { Session } from '../shell/session';

/** More communes are not drawn: whoever has so many sees the country first. */
const MOST = 30;

export async function ownAreas({ communes }: Session, signal?: AbortSignal): Promise<Item[]> {
  const layer = (await layers()).find(({ unitLevel }) => unitLevel === 'commune');
  if (!layer || !communes?.length || communes.length > MOST) return [];
  const code = communes.map((commune) => commune.code).join(',');
  return (await get<ItemPage>(query(`/collections/${layer.id}/items`, { code, limit: MOST }), signal)).features;
}
