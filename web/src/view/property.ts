/** The flat properties of a unit's figures and their names: `camera_eyes_delta`, `…_percent`, `…_by_x_value`. */
import type { Definition, UnitShape } from '../api/figures';
import type { Layer } from '../api/layers';
import { number, pick, signed, t, tOr } from '../texts';

export interface Property {
  name: string;
  definition: Definition;
  /** What follows the code: nothing, `delta`, `percent`, or a value of the partition. */
  suffix: string;
}

export function properties(shapes: UnitShape[], definitions: Definition[]): Property[] {
  const names = new Set(shapes.flatMap(({ properties }) => Object.keys(properties ?? {})));
  return [...names].map((name) => property(name, definitions)).filter((found) => found !== undefined);
}

export function property(name: string, definitions: Definition[]): Property | undefined {
  const fits = definitions.filter(({ code }) => name === code || name.startsWith(`${code}_`));
  const definition = fits.sort((a, b) => b.code.length - a.code.length)[0];
  return definition && { name, definition, suffix: name.slice(definition.code.length + 1) };
}

/** The code of a property's indicator. */
export function codeOf(name: string, definitions: Definition[]): string | undefined {
  return property(name, definitions)?.definition.code;
}

/** The properties of an indicator that can shade the communes, before any figure is loaded. */
export function offered(definition: Definition, layers: Layer[]): string[] {
  if (definition.by) {
    const field = layers.find(({ id }) => id === definition.collection)?.fields.find(({ name }) => name === definition.by);
    return (field?.values ?? []).map(({ value }) => `${definition.code}_${value}`);
  }
  const shown = definition.denominator ? `${definition.code}_percent` : definition.code;
  return [shown, `${definition.code}_delta`];
}

export function title({ definition, suffix }: Property, layers: Layer[]): string {
  const sentence = short(pick(definition));
  const field = layers.find(({ id }) => id === definition.collection)?.fields.find(({ name }) => name === definition.by);
  const value = field?.values.find(({ value }) => value === suffix);
  if (value) return `${sentence}: ${pick(value.label)}`;
  if (suffix === 'delta') return `${sentence} (${t('change')})`;
  if (suffix === 'percent') return `${sentence} (%)`;
  return suffix && !['value'].includes(suffix) ? `${sentence} (${tOr(suffix, suffix)})` : sentence;
}

/** A value as people write it: a change with its sign, a share with its percent sign. */
export function written(value: number, { suffix }: Property): string {
  return suffix === 'delta' ? signed(value) : `${number(value)}${suffix === 'percent' ? '%' : ''}`;
}

/** A definition's sentence as a heading: its first clause, without the full stop. */
export function short(sentence: string): string {
  return sentence.replace(/[:;,] .*$/, '').replace(/\.$/, '');
}
