/** A layer as forms need it: what may be written, within which bounds, in which groups. */
import { get, query } from '../../api/get';
import { layer, type Field, type Layer, type Property, type Schema } from '../../api/layers';
import type { Label } from '../../texts';

interface WrittenProperty extends Property {
  readOnly?: boolean;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  default?: unknown;
  'x-group'?: string;
  'x-essential'?: boolean;
}

export interface FormField extends Field {
  isWritten: boolean;
  isRequired: boolean;
  /** Whether a form asks it first. */
  isEssential: boolean;
  /** Whether it holds several values of its list. */
  isMany: boolean;
  isInteger: boolean;
  group: string;
  min: number | undefined;
  max: number | undefined;
  maxLength: number | undefined;
  /** What a new record gets. */
  fallback: unknown;
  /** The values that may no longer be written. */
  ended: ReadonlySet<string>;
}

export interface FormLayer extends Layer {
  fields: FormField[];
  groups: { name: string; label: Label }[];
}

const known = new Map<string, Promise<FormLayer>>();

/** The layer with what the caller may see and write of it. */
export function formLayer(id: string): Promise<FormLayer> {
  const asked = known.get(id) ?? get<Schema>(query(`/collections/${id}/schema`, {})).then((schema) => read(id, schema));
  known.set(id, asked);
  asked.catch(() => known.delete(id));
  return asked;
}

export function read(id: string, schema: Schema): FormLayer {
  const { required = [], 'x-groups': groups = [] } = schema as Schema & { required?: string[]; 'x-groups'?: (Label & { name: string })[] };
  const basic = layer(id, schema);
  const today = new Date().toISOString().slice(0, 10);
  const fields = basic.fields.map((field) => {
    const property = schema.properties[field.name] as WrittenProperty;
    const labels = Object.entries(property['x-enum-labels'] ?? {}) as [string, { until?: string }][];
    return {
      ...field,
      isWritten: !property.readOnly,
      isRequired: required.includes(field.name),
      isEssential: property['x-essential'] ?? required.includes(field.name),
      isMany: property.type === 'array',
      isInteger: property.type === 'integer',
      group: property['x-group'] ?? '',
      min: property.minimum,
      max: property.maximum,
      maxLength: property.maxLength,
      fallback: property.default,
      ended: new Set(labels.filter(([, { until }]) => until !== undefined && until <= today).map(([value]) => value)),
    };
  });
  return { ...basic, fields, groups: groups.map(({ name, vi, en }) => ({ name, label: { vi, en } })) };
}

/** The fields of each group that has some, in order. */
export function grouped({ groups, fields }: FormLayer, chosen: (field: FormField) => boolean) {
  const all = groups.length ? groups : [{ name: '', label: { vi: '', en: '' } }];
  return all
    .map(({ name, label }) => ({ name, label, fields: fields.filter((field) => field.group === name && chosen(field)) }))
    .filter((group) => group.fields.length);
}
