/** The addresses of the data that a view shows. */
import { figuresAddress, shapesAddress, unassignedAddress, type UnitFigures } from '../api/figures';
import { local, query } from '../api/get';
import type { Layer } from '../api/layers';
import type { Model } from './model';
import { codeOf } from './property';

export function unitAddress(model: Model, unit = model.unit): string {
  return figuresAddress(unit, model.view);
}

/** The communes with the headlines and the figure that shades them; undefined until the definitions are loaded. */
export function communesAddress(model: Model): string | undefined {
  return model.definitions.length ? shapesAddress(model.view.home, model.view, shownCodes(model)) : undefined;
}

/** The same figures for records in no commune. */
export function looseAddress(model: Model): string | undefined {
  return model.definitions.length ? unassignedAddress(model.view.home, model.view, shownCodes(model)) : undefined;
}

/** All records of a layer in the home. The service applies the filters, except that of the legend. */
export function itemsAddress(model: Model, layer: Layer): string {
  const { home, asOf, filters } = model.view;
  const asked = Object.entries(filters[layer.id] ?? {}).filter(([field]) => field !== layer.legend?.name);
  return query(`/collections/${layer.id}/items`, {
    within: home,
    as_of: layer.unitLevel ? model.unitsOn : asOf,
    ...Object.fromEntries(asked.map(([field, values]) => [field, values.join(',')])),
  });
}

export function itemAddress(layer: string, id: string): string {
  return query(`/collections/${layer}/items/${id}`, {});
}

/** The rows of the chosen figure; undefined until the figures are loaded. */
export function rowsAddress(model: Model, known: UnitFigures | undefined): { address: string; layer: Layer } | undefined {
  const [code = '', value] = model.view.rows.split(':');
  const figure = code ? known?.figures[code] : undefined;
  const href = value === undefined ? figure?.rows : figure?.rows_by_value?.[value];
  const definition = model.definitions.find((definition) => definition.code === code);
  const layer = model.layers.find(({ id }) => id === definition?.collection);
  return href && layer ? { address: local(href), layer } : undefined;
}

function shownCodes({ definitions, view }: Model): string[] {
  const wanted = definitions.filter(({ headline }) => headline).map(({ code }) => code);
  const shade = codeOf(view.shade ?? '', definitions);
  return shade && !wanted.includes(shade) ? [...wanted, shade] : wanted;
}
