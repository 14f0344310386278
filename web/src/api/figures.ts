/** The figures: definitions, figures of one unit, and figures of each unit of a level with its polygon. */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { Label } from '../texts';
import { get, query } from './get';
import type { Answer, Schemas } from './schemas';

/** What a figure counts. The OpenAPI document does not describe its fields. */
export interface Definition extends Label {
  code: string;
  unit: string;
  unit_label: Label;
  denominator: Label | null;
  collection: string;
  headline: boolean;
  by?: string;
  overlapping?: boolean;
  part_of?: string;
}

/** How a figure changed. The OpenAPI document does not describe its fields. */
export interface Delta {
  value: number;
  base: number;
  base_on: string;
  base_kind: 'declared' | 'computed';
  computed_base: number;
  parts: Record<string, number>;
  notes: string[];
  document?: string;
}

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
  return answer.definitions as unknown as Definition[];
}

export function figuresAddress(unit: string, { asOf, compare }: Days): string {
  return query(`/stats/${unit}`, { as_of: asOf, compare });
}

export function shapesAddress(within: string, days: Days, indicators: string[]): string {
  return communes(within, days, { indicators: indicators.join(','), f: 'geojson' });
}

export async function shapes(address: string, signal: AbortSignal): Promise<UnitShape[]> {
  return (await get<FeatureCollection<Polygon | MultiPolygon, Record<string, unknown>>>(address, signal)).features;
}

/** The address of the figures of records that lie in no commune, so that the parts add up to the whole. */
export function unassignedAddress(within: string, days: Days, indicators: string[]): string {
  return communes(within, days, { indicators: indicators.join(',') });
}

export async function unassigned(address: string, signal: AbortSignal): Promise<Record<string, Figure>> {
  const { unassigned } = await get<Answer<'/stats'>>(address, signal);
  return (unassigned.figures ?? {}) as Record<string, Figure>;
}

export function csvAddress(within: string, days: Days): string {
  return communes(within, days, { f: 'csv' });
}

function communes(within: string, { asOf, compare }: Days, more: Record<string, string>): string {
  return query('/stats', { level: 'commune', within, as_of: asOf, compare, ...more });
}
