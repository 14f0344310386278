/** The addresses of what a view shows. */
import { local, query } from '../api/get';
import type { Layer } from '../api/layers';
import type { Model } from './model';

/** All of a layer in the home; filters but that of the legend are the service's work. */
export function itemsAddress(model: Model, layer: Layer): string {
  const { home, asOf, filters } = model.view;
  const asked = Object.entries(filters[layer.id] ?? {}).filter(([field]) => field !== layer.legend?.name);
  return query(`/collections/${layer.id}/items`, {
    within: home,
    as_of: layer.unitLevel ? model.unitsOn : asOf,
    ...Object.fromEntries(asked.map(([field, values]) => [field, values.join(',')])),
  });
}

/** Where the rows of the figure chosen are; known once the figures are. */
export function rowsAddress(model: Model): { address: string; layer: Layer } | undefined {
  const [code = '', value] = model.view.rows.split(':');
  const figure = code ? model.figures().value?.figures[code] : undefined;
  const href = value === undefined ? figure?.rows : figure?.rows_by_value?.[value];
  const definition = model.definitions.find((definition) => definition.code === code);
  const layer = model.layers.find(({ id }) => id === definition?.collection);
  return href && layer ? { address: local(href), layer } : undefined;
}
