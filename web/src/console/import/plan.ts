/** An import as the service answers it: what a file would do, and what is wrong with it. */
import { get, local, query } from '../../api/get';
import { layer, type Layer } from '../../api/layers';
import type { Label } from '../../texts';

export interface Finding {
  sheet: string;
  row: number | null;
  column: string | null;
  field: string | null;
  code: string;
  severity: 'info' | 'warning' | 'error';
  message: string;
  value: string | null;
  /** What to write instead; several are separated by `; `. */
  suggestion: string | null;
}

export interface Column {
  column: string;
  header: string;
  target: string;
}

export interface SheetMapping {
  sheet: string;
  columns: Column[];
}

/** A text that stands for no value, or for several. */
export interface Question {
  field: string;
  text: string;
  rows: number;
  candidates: { value: string; label: Label }[];
}

/** A row that changes a record, or a record that the list lacks. */
export interface Listed {
  sheet?: string;
  row?: number;
  id: number;
  code?: string;
  name?: string;
  fields?: Record<string, { before: unknown; after: unknown }>;
}

/** A new row that is perhaps a record that the list lacks. */
export interface Pair {
  sheet: string;
  row: number;
  id: number;
  why: ('own_code' | 'site' | 'place' | 'name')[];
  distance_m: number | null;
}

/** What the sender gave for a cell after the file was sent. */
export interface Correction {
  sheet: string;
  row: number;
  field: string;
  value: string;
}

export type Answers = Record<string, Record<string, string | null>>;

export interface Said {
  mapping?: Record<string, string> | null;
  defaults?: Record<string, unknown> | null;
  values?: Answers | null;
}

export interface Summary {
  id: string;
  collection: string;
  mode: 'upsert' | 'snapshot';
  status: 'planning' | 'planned' | 'committed' | 'undone' | 'failed';
  file: { name: string | null };
  plan: string | null;
  counts: Record<string, number>;
  progress: { done: number; total: number | null };
  created_at: string;
  failure?: string;
}

export interface Import extends Summary {
  mapping: SheetMapping[] | null;
  findings: Finding[];
  questions: Question[];
  updates: Listed[];
  restores: Listed[];
  missing: Listed[];
  pairs: Pair[];
  corrections: Correction[];
  options: Said & { remembered?: Said; effective_on: string };
  not_applied?: { row: number; message: string }[];
  undone?: { restored: number; kept: number[] };
}

export interface Row {
  nth: number;
  sheet: string;
  row: number;
  op: string;
  id?: number;
  geometry?: { type: string; coordinates: unknown };
  /** By the letters of columns. */
  cells: Record<string, string>;
  corrected: string[];
}

/** The most rows that a step shows. */
const MOST_ROWS = 5000;

export async function rows(id: string, asked: { op?: string; severity?: string; limit?: number }): Promise<Row[]> {
  const most = asked.limit ?? MOST_ROWS;
  const all: Row[] = [];
  let next: string | undefined = query(`/imports/${id}/rows`, { ...asked, limit: Math.min(most, 1000) });
  while (next && all.length < most) {
    const page: { rows: Row[]; links: { rel: string; href: string }[] } = await get(next);
    all.push(...page.rows);
    const link = page.links.find(({ rel }) => rel === 'next');
    next = link && local(link.href);
  }
  return all;
}

/** The fields of a layer that somebody may write, and which of them a new record needs. */
export async function writable(collection: string): Promise<Layer & { required: string[] }> {
  const schema = await get<Parameters<typeof layer>[1] & { required?: string[] }>(
    query(`/collections/${collection}/schema`, { type: 'create' }),
  );
  const read = layer(collection, schema);
  // A value that has ended is none to choose.
  const isOpen = (label: Label & { until?: string }) => !label.until || label.until > new Date().toISOString().slice(0, 10);
  const fields = read.fields.map((field) => ({ ...field, values: field.values.filter(({ label }) => isOpen(label)) }));
  return { ...read, fields, required: schema.required ?? [] };
}

/** Columns of a sheet that hold something about a record, by the field or target that they hold. */
export function columnsOf(plan: Import, sheet: string): Column[] {
  return plan.mapping?.find((mapping) => mapping.sheet === sheet)?.columns ?? [];
}

/** What a column may hold besides a field. */
export const PLACES = ['longitude', 'latitude', 'position', 'coordinate', 'geometry'] as const;
export const OTHERS = ['id', 'district', 'province', 'crs'] as const;

/** The columns in which a field stands; those of the place for `geom`. */
export function columnsOfField(columns: Column[], field: string): Column[] {
  const isPlace = (target: string) => (PLACES as readonly string[]).includes(target);
  return columns.filter(({ target }) => (field === 'geom' ? isPlace(target) : target === field || target.startsWith(`${field}=`)));
}

/** What there is to do in a cell: a finding that must or may be answered, and not as a question for the whole file. */
export function isOfRow({ row, severity, code }: Finding): boolean {
  return row !== null && severity !== 'info' && code !== 'snapshot.pair';
}

/** Whether metres are given without a zone. */
export function lacksZone({ findings }: Import): boolean {
  return findings.some(({ code }) => code === 'geo.vn2000');
}

/** The suggestions of a finding. */
export function suggested({ suggestion }: Finding): string[] {
  return suggestion?.split('; ') ?? [];
}
