/** The figures: definitions, figures of one unit, and figures of each unit of a level with its polygon. */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { get, query } from './get';
import type { Answer, Schemas } from './schemas';

export type Definition = Schemas['Definition'];

export type Delta = Schemas['Delta'];

export type Figure = Omit<Schemas['Figure'], 'delta'> & {
  delta?: Partial<Delta> & { values?: Record<string, Delta> };
};

export type UnitFigures = Omit<Schemas['UnitFigures'], 'figures'> & { figures: Record<string, Figure> };

/** A unit with its figures as flat properties: `camera_eyes`, `camera_eyes_delta`, `…_percent`. */
export type UnitShape = Feature<Polygon | MultiPolygon | null, Record<string, unknown>>;

export interface Days {
  asOf: string;
  compare: string;
}

export async function definitions(): Promise<Definition[]> {
  const answer = await get<Answer<'/stats/definitions'>>(query('/stats/definitions', {}));
  return answer.definitions;
}

/** The code of the whole country, in units or not. */
export const COUNTRY = 'VN';

/** The parameters that limit an answer to a unit. Nothing limits it to the country. */
export function inside(unit: string): Record<string, string> {
  const [code = '', day = ''] = unit.split('@');
  return code === COUNTRY ? { units_on: day } : { within: unit };
}

/** As fine as a map of the whole unit shows them: a country of full boundaries takes minutes to load. Tiles bring the rest. */
function zoomLevel(unit: string): string {
  const [code = ''] = unit.split('@');
  return code === COUNTRY ? '7' : code.length === 2 ? '10' : '';
}

export function figuresAddress(unit: string, { asOf, compare }: Days): string {
  return query(`/stats/${unit}`, { as_of: asOf, compare });
}

export function shapesAddress(within: string, days: Days, indicators: string[]): string {
  return communes(within, days, { indicators: indicators.join(','), f: 'geojson', 'zoom-level': zoomLevel(within) });
}

export async function shapes(address: string, signal: AbortSignal): Promise<UnitShape[]> {
  return (await get<FeatureCollection<Polygon | MultiPolygon, Record<string, unknown>>>(address, signal)).features;
}

/** The address of the figures of records that lie in no commune, so that the parts add up to the whole. */
export function unassignedAddress(within: string, days: Days, indicators: string[]): string {
  return communes(within, days, { indicators: indicators.join(',') });
}

export async function unassigned(address: string, signal: AbortSignal): Promise<Record<string, Partial<Figure>>> {
  const { unassigned } = await get<Answer<'/stats'>>(address, signal);
  return (unassigned?.figures ?? {}) as Record<string, Partial<Figure>>;
}

export function csvAddress(within: string, days: Days): string {
  return communes(within, days, { f: 'csv' });
}

function communes(within: string, { asOf, compare }: Days, more: Record<string, string>): string {
  return query('/stats', { level: 'commune', ...inside(within), as_of: asOf, compare, ...more });
}
