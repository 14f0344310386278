/** How the communes are shaded: values, classes, and a colour for each class. */
import type { UnitShape } from '../api/figures';
import { breaks, classOf } from '../colour/classes';
import { shades } from '../colour/palette';
import type { View } from './address';

const CLASSES = 5;

export interface Shading {
  classes: { from: number; to: number; colour: string; count: number }[];
  /** The number of units without a value. */
  without: number;
  colourOf(shape: UnitShape): string | undefined;
}

export function valueOf(shape: UnitShape, property: string): number | undefined {
  const value = shape.properties?.[property];
  return typeof value === 'number' ? value : undefined;
}

export function shading({ shade: property, classing }: View, shapes: UnitShape[] | undefined): Shading | undefined {
  if (!property || !shapes) return undefined;
  const values = shapes.map((shape) => valueOf(shape, property)).filter((value) => value !== undefined);
  if (!values.length) return undefined;
  const bounds = breaks(values, CLASSES, classing);
  const colours = shades(bounds.length, values.some((value) => value < 0) && values.some((value) => value > 0));
  const classes = bounds.map((_, i) => {
    const inside = values.filter((value) => classOf(value, bounds) === i);
    return { from: Math.min(...inside), to: Math.max(...inside), colour: colours[i]!, count: inside.length };
  });
  return {
    classes: classes.filter(({ count }) => count),
    without: shapes.length - values.length,
    colourOf(shape) {
      const value = valueOf(shape, property);
      return value === undefined ? undefined : colours[classOf(value, bounds)];
    },
  };
}
