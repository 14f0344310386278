/** A value of a record as people read it. */
import type { Item } from '../../api/items';
import type { Field } from '../../api/layers';
import { day, number, pick, t, tOr } from '../../texts';
import { communeName } from '../shell/known';

export function textOf(field: Field, item: Pick<Item, 'properties'>): string {
  const value = item.properties[field.name] as string | number | boolean | string[] | null | undefined;
  if (value == null || value === '') return '';
  const label = (one: string | number) => {
    const found = field.values.find(({ value }) => value === one);
    return found ? pick(found.label) : String(one);
  };
  if (Array.isArray(value)) return value.map(label).join(', ');
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (typeof value === 'number' && field.type === 'number') {
    return number(value, 3) + (field.unit ? ` ${tOr(`measure.${field.unit}`, field.unit)}` : '');
  }
  if (field.type === 'date') return day(String(value));
  if (field.type === 'commune') return communeName(String(value)) ?? String(value);
  return label(value);
}
