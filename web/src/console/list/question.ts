/** What a list asks, as the address of the page states it, and as the service is asked. */
import { query as address } from '../../api/get';
import type { Field, Layer } from '../../api/layers';
import { folded } from '../../texts';

/** Parameters of the page alone. */
const OF_PAGE = new Set(['columns', 'map', 'lang']);

/** A value that stands for records without one. */
export const NONE = '-';

/** The conditions on fields in an address. */
export function conditions(query: URLSearchParams, { fields }: Layer): { field: Field; value: string }[] {
  return fields.flatMap((field) => {
    const value = query.get(field.name);
    return value ? [{ field, value }] : [];
  });
}

/** The parameters of items for the address of a page. Ranges, parts of texts and missing values become a filter in CQL2. */
export function asked(query: URLSearchParams, layer: Layer): Record<string, string> {
  const parameters: Record<string, string> = {};
  const filters: string[] = [];
  const fields = new Map(layer.fields.map((field) => [field.name, field]));
  for (const [name, value] of query) {
    if (OF_PAGE.has(name) || !value) continue;
    const field = fields.get(name);
    if (name === 'filter') filters.push(value);
    else if (!field) parameters[name] = value;
    else {
      const filter = filterOf(field, value);
      if (filter) filters.push(filter);
      else parameters[name] = value;
    }
  }
  const [first] = filters;
  if (first) parameters.filter = filters.length === 1 ? first : filters.map((filter) => `(${filter})`).join(' AND ');
  return parameters;
}

/** The condition in CQL2; undefined for what the service takes as `name=value`. */
function filterOf({ name, type, values }: Field, value: string): string | undefined {
  if (values.length || type === 'boolean' || type === 'commune' || type === 'reference') {
    const all = value.split(',');
    if (!all.includes(NONE)) return undefined;
    const some = all.filter((one) => one !== NONE);
    const isNull = `${name} IS NULL`;
    if (!some.length) return isNull;
    return `${name} IN (${some.map((one) => (type === 'boolean' ? one.toUpperCase() : text(one))).join(', ')}) OR ${isNull}`;
  }
  if (value === NONE) return `${name} IS NULL`;
  if (type === 'number' || type === 'date') {
    const [from, to] = range(value);
    const literal = (end: string) => (type === 'date' ? `DATE(${text(end)})` : String(Number(end)));
    const ends = [from && `${name} >= ${literal(from)}`, to && `${name} <= ${literal(to)}`];
    return ends.filter(Boolean).join(' AND ') || undefined;
  }
  return `ACCENTI(CASEI(${name})) LIKE ${text(`%${folded(value).replace(/[\\%_]/g, '\\$&')}%`)}`;
}

function text(value: string): string {
  return `'${value.replace(/'/g, "''")}'`;
}

/** `2..5` as its ends, `7` as both. */
export function range(value: string): [from: string, to: string] {
  const [from = '', to] = value.split('..');
  return [from, to ?? from];
}

export function ranged(from: string, to: string): string {
  return from === to ? from : `${from}..${to}`;
}

/** The address of a page of rows. */
export function rowsAddress(query: URLSearchParams, layer: Layer, more: Record<string, string | number>): string {
  return address(`/collections/${layer.id}/items`, { ...asked(query, layer), ...more });
}

/** The columns of a list: those chosen, otherwise the first that matter. */
export function columnsOf(query: URLSearchParams, layer: Layer): Field[] {
  const chosen = query.get('columns')?.split(',');
  const find = (name: string) => layer.fields.find((field) => field.name === name);
  const names = chosen ?? usual(layer);
  const columns = names.map(find).filter((field) => field !== undefined);
  return columns.length ? columns : layer.fields.slice(0, 4);
}

/** Name, code, what colours the map, the first count, and how and where it is. */
function usual({ fields, legend }: Layer): string[] {
  const count = fields.find(({ type, name, unit, isReadOnly }) => type === 'number' && !unit && !isReadOnly && name !== 'version');
  const names = [
    'name',
    'code',
    legend?.name,
    count?.name,
    'lifecycle_status',
    'operational_state',
    'installed_on',
    'commune_code',
    'kind',
    'parent_code',
  ];
  return [...new Set(names.filter((name): name is string => Boolean(name)))];
}

export interface SortKey {
  name: string;
  falling: boolean;
}

export function sortOf(query: URLSearchParams): SortKey | undefined {
  const first = query.get('sortby')?.split(',')[0];
  return first ? { name: first.replace(/^[-+]/, ''), falling: first.startsWith('-') } : undefined;
}

/** The sort after a press on a column: rising, falling, none. */
export function sortedBy(query: URLSearchParams, name: string): string | undefined {
  const now = sortOf(query);
  if (now?.name !== name) return name;
  return now.falling ? undefined : `-${name}`;
}

export function hasField({ fields }: Layer, name: string): boolean {
  return fields.some((field) => field.name === name);
}
