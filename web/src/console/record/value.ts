/** The value of a field as people read it. */
import type { Field } from '../../api/layers';
import { day, number, pick, t as general, tOr } from '../../texts';
import { t } from './texts';

export function valueText(field: Field | undefined, value: unknown): string {
  if (value == null || value === '') return t('nothing');
  if (typeof value === 'object' && 'erased' in value) return t('erased');
  if (!field) return placeText(value);
  const label = (one: unknown) => {
    const known = field.values.find((choice) => choice.value === one);
    return known ? pick(known.label) : String(one);
  };
  if (Array.isArray(value)) return value.map(label).join(', ');
  if (typeof value === 'boolean') return value ? general('yes') : general('no');
  if (typeof value === 'number' && field.type === 'number')
    return number(value, 3) + (field.unit ? ` ${tOr(`measure.${field.unit}`, field.unit)}` : '');
  if (field.type === 'date') return day(vietnamDay(value as string));
  return label(value);
}

/** An instant is told as its day in Vietnam. */
export function vietnamDay(instant: string): string {
  return instant.includes('T') ? new Date(Date.parse(instant) + 7 * 3600e3).toISOString().slice(0, 10) : instant;
}

function placeText(value: unknown): string {
  const { coordinates } = value as { coordinates?: unknown };
  if (!Array.isArray(coordinates) || typeof coordinates[0] !== 'number') return '…';
  return `${Number(coordinates[1]).toFixed(6)}, ${coordinates[0].toFixed(6)}`;
}
