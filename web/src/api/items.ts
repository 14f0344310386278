/** The features of a layer. */
import type { Feature, Geometry } from 'geojson';
import { get, local } from './get';
import type { Schemas } from './schemas';

/** A feature of any layer. The page knows no layer by name, and reads the fields by the layer's schema. */
export type Item = Feature<Geometry | null, Record<string, unknown>> & { id: number };

type Collection = Schemas[Extract<keyof Schemas, `${string}FeatureCollection`>];
export type ItemPage = Pick<Collection, 'numberMatched' | 'links'> & { features: Item[] };

export interface Items {
  features: Item[];
  /** Whether there are more features than were read. */
  cut: boolean;
  /** How many features there are, if the service counted them. */
  total?: number | undefined;
}

/** As many pages as a map can show with ease: all of a district, not of a country. */
const MOST_PAGES = 3;

export async function items(address: string, signal: AbortSignal): Promise<Items> {
  const features: Item[] = [];
  let next: string | undefined = address + (address.includes('limit=') ? '' : `${address.includes('?') ? '&' : '?'}limit=10000`);
  let total: number | undefined;
  for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
    const answer: ItemPage = await get<ItemPage>(next, signal);
    total ??= answer.numberMatched;
    features.push(...answer.features);
    const link = answer.links.find(({ rel }) => rel === 'next');
    next = link && local(link.href);
  }
  return { features, cut: next !== undefined, total };
}

export function nameOf(item: Item): string {
  const { name, code } = item.properties;
  return typeof name === 'string' && name ? name : typeof code === 'string' ? code : '';
}
