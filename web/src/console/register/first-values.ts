/** What a form is filled with before anybody types: defaults, what the grants leave no choice about, and one's last choices. */
import type { FormField, FormLayer } from '../form/schema';
import type { Session } from '../shell/session';

/** Choices that are mostly the same for all that one person registers. */
function isKept({ values, isWritten, isMany, fallback }: FormField): boolean {
  return isWritten && !isMany && values.length > 0 && fallback === undefined;
}

const keyOf = (layer: FormLayer, session: Session) => `hatang.last.${session.me.account.id}.${layer.id}`;

export function firstValues(layer: FormLayer, session: Session): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of layer.fields)
    if (field.isWritten && field.isEssential && field.fallback !== undefined) values[field.name] = field.fallback;
  const last = lastValues(layer, session);
  for (const field of layer.fields.filter(isKept)) {
    const value = last[field.name];
    if (typeof value === 'string' && field.values.some((known) => known.value === value) && !field.ended.has(value))
      values[field.name] = value;
  }
  const { organisation } = session.me.account;
  if (organisation && layer.fields.some(({ name, isWritten }) => name === 'managing_org' && isWritten)) values.managing_org = organisation;
  const operators = session.writing(layer).map((grant) => grant.operators);
  const [only] = operators;
  if (only?.length === 1 && operators.every((other) => other?.length === 1 && other[0] === only[0])) values.operator = only[0];
  return values;
}

/** The same pole and the same device: all but what tells two of them apart. */
export function forNext(layer: FormLayer, values: Record<string, unknown>): Record<string, unknown> {
  const own = new Set(['code', 'external_id', 'azimuth_deg', 'name']);
  return Object.fromEntries(Object.entries(values).filter(([name]) => !own.has(name) && layer.fields.some((field) => field.name === name)));
}

export function remember(layer: FormLayer, session: Session, values: Record<string, unknown>): void {
  const kept = layer.fields.filter(isKept).map(({ name }) => [name, values[name]] as const);
  localStorage.setItem(keyOf(layer, session), JSON.stringify(Object.fromEntries(kept)));
}

function lastValues(layer: FormLayer, session: Session): Record<string, unknown> {
  try {
    return JSON.parse(localStorage.getItem(keyOf(layer, session)) ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}
