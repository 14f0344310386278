/** The figures: definitions, those of one unit, and those of each unit of a level with their polygons. */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { Label } from '../texts';
import { get, query } from './get';

export interface Definition extends Label {
  code: string;
  unit: string;
  denominator: Label | null;
  collection: string;
  headline: boolean;
  by?: string;
  overlapping?: boolean;
  part_of?: string;
}

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

export interface Figure {
  code: string;
  unit: string;
  value?: number | null;
  covered?: number;
  unknown?: number;
  total?: number;
  percent?: number | null;
  range?: [number, number];
  values?: Record<string, number>;
  rows: string;
  rows_by_value?: Record<string, string>;
  delta?: Partial<Delta> & { values?: Record<string, Delta>; notes?: string[] };
}

export interface UnitVersion {
  code: string;
  name: string;
  level: string;
  valid_from: string;
  valid_to: string | null;
}

export interface UnitFigures {
  unit: UnitVersion;
  as_of: string;
  units_on: string;
  figures: Record<string, Figure>;
  quality: Record<string, number>;
}

/** A unit with its figures as flat properties: `camera_eyes`, `camera_eyes_delta`, `…_percent`. */
export type UnitShape = Feature<Polygon | MultiPolygon | null, Record<string, unknown>>;

export interface Days {
  asOf: string;
  compare: string;
}

export async function definitions(): Promise<Definition[]> {
  return (await get<{ definitions: Definition[] }>(query('/stats/definitions', {}))).definitions;
}

export function figuresOf(unit: string, { asOf, compare }: Days): Promise<UnitFigures> {
  return get(query(`/stats/${unit}`, { as_of: asOf, compare }));
}

export async function shapes(within: string, { asOf, compare }: Days, indicators: string[]): Promise<UnitShape[]> {
  const path = query('/stats', { level: 'commune', within, as_of: asOf, compare, indicators: indicators.join(','), f: 'geojson' });
  return (await get<FeatureCollection<Polygon | MultiPolygon, Record<string, unknown>>>(path)).features;
}

/** The figures of records that lie in no commune, so that the parts add up to the whole. */
export async function unassigned(within: string, { asOf, compare }: Days, indicators: string[]): Promise<Record<string, Figure>> {
  const path = query('/stats', { level: 'commune', within, as_of: asOf, compare, indicators: indicators.join(',') });
  return (await get<{ unassigned: { figures: Record<string, Figure> } }>(path)).unassigned.figures;
}

export function csvAddress(within: string, { asOf, compare }: Days): string {
  return query('/stats', { level: 'commune', within, as_of: asOf, compare, f: 'csv' });
}
