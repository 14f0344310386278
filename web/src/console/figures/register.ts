/** What the page of figures asks. */
import { definitions, type Definition, type Figure, type UnitFigures } from '../../api/figures';
import { get, query } from '../../api/get';
import type { Layer } from '../../api/layers';
import type { Answer, Schemas } from '../../api/schemas';
import { pick } from '../../texts';
import { today } from '../../view/address';
import { short } from '../../view/property';
import { homeUnit, knownLayers } from '../shell/known';
import type { Session } from '../shell/session';

type Baseline = Schemas['Baseline'];
type Units = Answer<'/stats'>;

export interface Asked {
  unit: string;
  asOf: string;
  compare: string;
  /** Empty: whatever is known today. */
  knownAt: string;
}

/** A day for which figures of a unit were published. */
export interface Published {
  unit: string;
  name: string;
  on: string;
}

export interface Register {
  asked: Asked;
  layers: Layer[];
  definitions: Definition[];
  /** On the day asked. */
  then: UnitFigures;
  /** Today; the same answer if today is asked. */
  now: UnitFigures;
  /** The units below, with their figures of the day asked. */
  below: Units | undefined;
  published: Published[];
}

/** The question of an address: one's own unit, today, against the end of the last year. */
export async function askedBy(given: URLSearchParams, session: Session): Promise<Asked> {
  const asOf = given.get('as_of') ?? today();
  const compare = given.get('compare') ?? `${Number(asOf.slice(0, 4)) - 1}-12-31`;
  return {
    unit: given.get('unit') ?? (await homeUnit(session)),
    asOf,
    compare: compare === '-' ? '' : compare,
    knownAt: given.get('known_at') ?? '',
  };
}

/** `known`: an earlier answer, whose definitions and published days still hold when only records have changed. */
export async function load(asked: Asked, signal: AbortSignal, known?: Register): Promise<Register> {
  const { unit, asOf } = asked;
  const [all, layers, then, now, below, published] = await Promise.all([
    known?.definitions ?? definitions().then((all) => all.filter(({ headline }) => headline)),
    knownLayers(),
    get<UnitFigures>(unitFigures(asked), signal),
    asOf === today() && !asked.knownAt ? undefined : figuresNow(unit, signal),
    figuresBelow(asked, signal),
    known?.published ?? publishedDays(signal),
  ]);
  return { asked, layers, definitions: all, then, now: now ?? then, below, published };
}

function parameters({ asOf, compare, knownAt }: Asked): Record<string, string> {
  return { as_of: asOf, compare, known_at: knownAt };
}

function unitFigures(asked: Asked): string {
  return query(`/stats/${asked.unit}`, parameters(asked));
}

/** Of a unit that has ended, the figures of its area are counted all the same. */
function figuresNow(unit: string, signal: AbortSignal): Promise<UnitFigures> {
  return get<UnitFigures>(query(`/stats/${unit}`, { as_of: today() }), signal);
}

/** The districts or communes of a province, the communes of a district; nothing below a commune. */
async function figuresBelow(asked: Asked, signal: AbortSignal): Promise<Units | undefined> {
  return asked.unit.split('@')[0]!.length >= 5 ? undefined : get<Units>(belowAddress(asked, {}), signal);
}

export function belowAddress(asked: Asked, more: Record<string, string>): string {
  return query('/stats', { level: 'commune', within: asked.unit, ...parameters(asked), ...more });
}

export function bookAddress(asked: Asked, labels: string): string {
  return query(`/stats/${asked.unit}`, { ...parameters(asked), f: 'xlsx', labels });
}

async function publishedDays(signal: AbortSignal): Promise<Published[]> {
  const { baselines } = await get<{ baselines: Baseline[] }>(query('/baselines', { limit: 1000 }), signal);
  const days = baselines.map(({ unit, on }) => ({ unit: `${unit.code}@${on}`, name: unit.name, on }));
  return [...new Map(days.map((day) => [day.unit, day])).values()].sort((a, b) => b.on.localeCompare(a.on));
}

/** A definition's sentence as the name of a row: whole for a share, which its first clause would not tell apart. */
export function titleOf(definition: Definition): string {
  const sentence = pick(definition);
  return definition.denominator ? sentence.replace(/\.$/, '') : short(sentence);
}

/** The list of the rows behind a figure. */
export function listOf(definition: Definition, rows: string): string {
  return `/console/${definition.collection}${new URL(rows).search}`;
}

/** The list behind a figure of a unit below; undefined if the answer names no rows. */
export function listBelow(below: Units, code: string, definition: Definition, indicator = definition.code): string {
  const template = below.rows_template ?? '';
  return listOf(definition, template.replace('{unit}', code).replace('{indicator}', indicator));
}

export type { Definition, Figure, Units };
