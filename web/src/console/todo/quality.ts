/** What there is to do in a unit: the rows that fail a check, and the values that have ended. */
import { get, local, query } from '../../api/get';
import type { ItemPage } from '../../api/items';
import type { Layer } from '../../api/layers';
import type { Answer } from '../../api/schemas';
import { knownLayers } from '../shell/known';
import type { Session } from '../shell/session';

export type Quality = Answer<'/quality'>;
export type Problem = Quality['problems'][number];

export interface Ended {
  field: string;
  value: string;
  title: string;
  until: string;
  successors: { value: string; title: string }[];
  writable: number;
  plan: string | null;
}

export interface Todo {
  layers: Map<string, Layer>;
  unit: Quality['unit'];
  checked: Quality['checked'];
  problems: Problem[];
  ended: { layer: Layer; ended: Ended }[];
}

/** The tasks of somebody in a unit: in the layers that they keep, of their operators. A reader without rights sees all. */
export async function loadTodo(session: Session, unit: string, signal: AbortSignal): Promise<Todo> {
  const all = await knownLayers();
  const kept = all.filter((layer) => session.mayWrite(layer));
  const shown = kept.length ? kept : all;
  const operator = operatorsOf(session);
  const [quality, ended] = await Promise.all([
    get<Quality>(query('/quality', { unit, operator }), signal),
    Promise.all(kept.filter(hasChoices).map((layer) => endedOf(layer, unit, operator, signal))),
  ]);
  const isShown = ({ collection }: { collection: string }) => shown.some(({ id }) => id === collection);
  return {
    layers: new Map(all.map((layer) => [layer.id, layer])),
    unit: quality.unit,
    checked: quality.checked.filter(isShown),
    problems: quality.problems.filter(isShown),
    ended: ended.flat(),
  };
}

/** The operators whose records somebody keeps, when they keep no others. */
function operatorsOf({ grants }: Session): string | undefined {
  const writing = grants.filter(({ role }) => role !== 'viewer');
  if (!writing.length || writing.some(({ operators }) => !operators)) return undefined;
  return [...new Set(writing.flatMap(({ operators }) => operators ?? []))].join(',');
}

function hasChoices({ fields, unitLevel }: Layer): boolean {
  return fields.some(({ values, isReadOnly }) => values.length && !isReadOnly) && (!unitLevel || unitLevel === 'hamlet');
}

async function endedOf(layer: Layer, within: string, operator: string | undefined, signal: AbortSignal): Promise<Todo['ended']> {
  const of = layer.fields.some(({ name }) => name === 'operator') ? operator : undefined;
  const address = query(`/collections/${layer.id}/reclassification`, { within, operator: of });
  const { ended } = await get<{ ended: Ended[] }>(address, signal);
  return ended.filter(({ writable }) => writable > 0).map((one) => ({ layer, ended: one }));
}

/** The first rows of a problem. */
export function rowsOf({ rows }: Problem, limit: number, signal: AbortSignal, skipGeometry = true): Promise<ItemPage> {
  return get<ItemPage>(`${local(rows)}&skipGeometry=${skipGeometry}&limit=${limit}`, signal);
}

/** The list of a problem's rows. */
export function listOf({ collection, rows }: Problem): string {
  return `/console/${collection}${new URL(rows).search}`;
}

/** The field of the form at which a problem is mended. */
const FIELDS: Record<string, string> = {
  unlocated: 'geom',
  outside_declared_commune: 'geom',
  no_install_date: 'installed_on',
  hamlets_without_households: 'households',
};

export function formOf({ check, collection }: Problem, id: number): string {
  const field = FIELDS[check];
  return `/console/${collection}/${id}${field ? `?do=edit&field=${field}` : ''}`;
}
