/** The layers, as `/collections` and their schemas describe them. The page knows no layer by name. */
import type { Label } from '../texts';
import { get, query } from './get';
import type { Answer } from './schemas';

export interface Field {
  name: string;
  title: Label;
  type: 'text' | 'number' | 'boolean' | 'date' | 'link' | 'reference' | 'commune';
  /** The values of an enumeration, with their texts. */
  values: { value: string; label: Label }[];
  unit: string | undefined;
  /** The layer that a reference refers to. */
  collection: string | undefined;
  /** Whether the service fills it in. */
  isReadOnly: boolean;
  /** Whether it holds several of its values. */
  isList: boolean;
}

export interface Layer {
  id: string;
  title: Label;
  geometry: 'point' | 'line' | 'area';
  fields: Field[];
  /** The enumeration that gives its records their colours. */
  legend: Field | undefined;
  /** The level of a layer of administrative units. */
  unitLevel: string | undefined;
  symbol: Symbol | undefined;
  /** When two records may be one, if this reader sees what is compared. */
  near: Near | undefined;
  /** Places are rounded to about so many metres for this reader; undefined where they are exact. */
  roundedM: number | undefined;
}

/** How points look: the name of a picture, and the fields with what a record looks at, if it looks anywhere. */
export interface Symbol {
  name: string;
  sector: { direction: string; angle: string; range_m: string } | null;
}

/** Two records may be one if they are so near, agree in the first of some fields that is known, and look the same way. */
export interface Near {
  distance_m: number;
  same: string[];
  direction: string | null;
  degrees: number;
}

/** A layer's schema. The OpenAPI document does not describe it; it is a JSON Schema. */
export interface Schema {
  title: string;
  'x-title-en': string;
  'x-legend'?: string;
  'x-unit-level'?: string;
  'x-symbol'?: Symbol | null;
  'x-near'?: Near | null;
  properties: Record<string, Property>;
}

export interface Property {
  type?: string;
  format?: string;
  pattern?: string;
  title?: string;
  enum?: string[];
  items?: { enum?: string[] };
  readOnly?: boolean;
  'x-title-en'?: string;
  'x-enum-labels'?: Record<string, Label>;
  'x-ogc-role'?: string;
  'x-ogc-unit'?: string;
  'x-ogc-collectionId'?: string;
  'x-rounded-m'?: number;
}

export async function layers(): Promise<Layer[]> {
  const { collections } = await get<Answer<'/collections'>>(query('/collections', {}));
  const ids = collections.map(({ id }) => String(id));
  return Promise.all(ids.map(async (id) => layer(id, await get<Schema>(query(`/collections/${id}/schema`, {})))));
}

export function layer(id: string, schema: Schema): Layer {
  const geometry = schema.properties.geom?.format ?? '';
  const fields = Object.entries(schema.properties)
    .filter(([name]) => name !== 'id' && name !== 'geom')
    .map(([name, property]) => field(name, property));
  return {
    id,
    title: { vi: schema.title, en: schema['x-title-en'] },
    geometry: geometry.includes('line') ? 'line' : geometry.includes('polygon') ? 'area' : 'point',
    fields,
    legend: fields.find(({ name }) => name === schema['x-legend']),
    unitLevel: schema['x-unit-level'],
    symbol: schema['x-symbol'] ?? undefined,
    near: schema['x-near'] ?? undefined,
    roundedM: schema.properties.geom?.['x-rounded-m'],
  };
}

function field(name: string, property: Property): Field {
  const values = property.enum ?? property.items?.enum ?? [];
  return {
    name,
    title: { vi: property.title ?? name, en: property['x-title-en'] ?? property.title ?? name },
    type: typeOf(property),
    values: values.map((value) => ({ value, label: property['x-enum-labels']?.[value] ?? { vi: value, en: value } })),
    unit: property['x-ogc-unit'],
    collection: property['x-ogc-collectionId'],
    isReadOnly: property.readOnly ?? false,
    isList: property.type === 'array',
  };
}

function typeOf(property: Property): Field['type'] {
  if (property['x-ogc-role'] === 'reference') return 'reference';
  if (property.type === 'integer' || property.type === 'number') return 'number';
  if (property.type === 'boolean') return 'boolean';
  if (property.format === 'date' || property.format === 'date-time') return 'date';
  if (property.format === 'uri') return 'link';
  return property.pattern === '^[0-9]{5}$' ? 'commune' : 'text';
}
