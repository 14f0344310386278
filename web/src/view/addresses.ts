/** The addresses of the data that a view shows. */
import { figuresAddress, inside, shapesAddress, unassignedAddress, type UnitFigures } from '../api/figures';
import { local, query } from '../api/get';
import { legendFilter } from './legend';
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

/** A count of records of a layer in the home, with one of them. `only` limits them further. */
export function countAddress(model: Model, layer: Layer, only: Record<string, string> = {}): string {
  return query(`/collections/${layer.id}/items`, { ...asked(model, layer), ...only, properties: 'id', skipGeometry: 'true', limit: 1 });
}

/** Records of a layer in a box: west, south, east, north. */
export function boxAddress(model: Model, layer: Layer, box: number[], limit: number): string {
  const only = legendFilter(model.view, layer);
  return query(`/collections/${layer.id}/items`, { ...asked(model, layer), ...only, bbox: box.join(','), limit });
}

/** The tiles of the records of a layer in the home, with all filters; undefined if the legend shows none of them. */
export function tilesAddress(model: Model, layer: Layer): string | undefined {
  const only = legendFilter(model.view, layer);
  return only && tiles([layer], { ...asked(model, layer), ...only });
}

/** The tiles of all administrative units of the day: what lies around the home, too. */
export function unitTilesAddress(model: Model): string | undefined {
  const layers = model.layers.filter(({ unitLevel }) => unitLevel);
  return layers.length ? tiles(layers, { as_of: model.unitsOn, properties: 'code,name' }) : undefined;
}

/** MapLibre loads tiles in a worker, which knows no relative addresses. */
function tiles(layers: Layer[], parameters: Record<string, string>): string {
  return location.origin + query(`/tiles/${layers.map(({ id }) => id).join(',')}/{z}/{x}/{y}.mvt`, parameters);
}

/** The parameters for the records of a layer in the home: all filters except that of the legend. */
function asked({ view, unitsOn }: Model, layer: Layer): Record<string, string> {
  const filters = Object.entries(view.filters[layer.id] ?? {}).filter(([field, values]) => field !== layer.legend?.name && values.length);
  return {
    ...inside(view.home),
    as_of: layer.unitLevel ? unitsOn : view.asOf,
    ...Object.fromEntries(filters.map(([field, values]) => [field, values.join(',')])),
  };
}

/** A record as it was on a day; without one as it is. */
export function itemAddress(layer: string, id: string, as_of?: string): string {
  return query(`/collections/${layer}/items/${id}`, { as_of });
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
