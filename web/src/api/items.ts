/** The features of a layer. */
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { get, local } from './get';

export type Item = Feature<Geometry | null, Record<string, unknown>> & { id: number };

export interface Items {
  features: Item[];
  /** Whether there are more than were read. */
  cut: boolean;
  /** How many there are, where the service counted them. */
  total?: number | undefined;
}

interface Page extends FeatureCollection<Geometry> {
  numberMatched?: number;
  links: { rel: string; href: string }[];
}

/** As many pages as one map can show with ease; all of a district, not of a country. */
const MOST_PAGES = 3;

export async function items(path: string): Promise<Items> {
  const features: Item[] = [];
  let next: string | undefined = path + (path.includes('limit=') ? '' : `${path.includes('?') ? '&' : '?'}limit=10000`);
  let total: number | undefined;
  for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
    const answer: Page = await get<Page>(next);
    total ??= answer.numberMatched;
    features.push(...(answer.features as Item[]));
    const link = answer.links.find(({ rel }) => rel === 'next');
    next = link && local(link.href);
  }
  return { features, cut: next !== undefined, total };
}

export function nameOf(item: Item): string {
  const { name, code } = item.properties;
  return typeof name === 'string' && name ? name : typeof code === 'string' ? code : '';
}
