/** The records of the layers that are on: signs and clusters, lines, areas; and those that are listed or chosen. */
import type { ExpressionSpecification, GeoJSONSourceSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Item } from '../api/items';
import type { Layer } from '../api/layers';
import { GREY } from '../colour/palette';
import type { Model } from '../view/model';
import { shownItems } from '../view/legend';
import { fonts, ink } from './base';
import { sign } from './symbols';
import { set } from './units';

/** Areas first, then lines, then points, so that none hides another. */
const ORDER = { area: 0, line: 1, point: 2 };

/** What was last drawn, so that a source is set only when it changes. */
const drawn = new WeakMap<MapLibre, Map<string, { all: Item[] | undefined; filters: string }>>();

export function drawRecords(map: MapLibre, model: Model): void {
  const known = drawn.get(map) ?? new Map<string, { all: Item[] | undefined; filters: string }>();
  drawn.set(map, known);
  const sorted = [...model.layers].sort((a, b) => ORDER[a.geometry] - ORDER[b.geometry]);
  for (const layer of sorted) {
    const source = `records-${layer.id}`;
    const on = model.isOn(layer.id);
    const isNew = !map.getSource(source);
    if (isNew && !on) continue;
    const all = on ? model.items(layer).value?.features : undefined;
    const filters = JSON.stringify(model.view.filters[layer.id]);
    const last = known.get(source);
    if (!isNew && last && last.all === all && last.filters === filters) continue;
    known.set(source, { all, filters });
    const features = on ? shownItems(model, layer) : [];
    set(map, source, features.map((item) => ({ ...item, properties: { ...item.properties, id: item.id } })), isNew ? clusters(model, layer) : {});
    if (isNew) addLayer(map, model, layer, source);
  }
  drawListed(map, model);
}

/** The ids of the style's layers that can be clicked on, with the layer of each. */
export function clickable(map: MapLibre, model: Model): Map<string, Layer> {
  const found = new Map<string, Layer>();
  for (const layer of model.layers) {
    for (const part of ['sign', 'cluster', 'line', 'fill']) {
      const id = `records-${layer.id}-${part}`;
      if (map.getLayer(id)) found.set(id, layer);
    }
  }
  return found;
}

/** Points that would overlap are gathered, and counted by the values of their legend. */
function clusters(model: Model, { id, geometry, legend }: Layer): Partial<GeoJSONSourceSpecification> {
  if (geometry !== 'point') return {};
  const values = [...(model.colours.get(id)?.keys() ?? [])];
  const counts = values.map((value, i) => [`n${i}`, ['+', ['case', ['==', ['get', legend!.name], value], 1, 0]]]);
  return { cluster: true, clusterRadius: 24, clusterMaxZoom: 19, maxzoom: 20, clusterProperties: Object.fromEntries(counts) };
}

function addLayer(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const colours = [...(model.colours.get(layer.id) ?? [])];
  const { halo, text } = ink();
  const field = layer.legend?.name ?? '';
  const byValue = (pick: (colour: string) => string): ExpressionSpecification | string =>
    colours.length ? ['match', ['get', field], ...colours.flatMap(([value, colour]) => [value, pick(colour)]), pick(GREY)] as unknown as ExpressionSpecification : pick(GREY);
  const faded: ExpressionSpecification = ['match', ['coalesce', ['get', 'lifecycle_status'], 'operational'], 'operational', 1, 0.45];
  const under = map.getLayer('listed') ? 'listed' : undefined;
  if (layer.geometry === 'point') {
    const index = model.layers.indexOf(layer);
    // One colour while all in a cluster agree, else the layer's sign in the colour of text.
    const agreed = colours.flatMap(([, colour], i) => [['==', ['get', `n${i}`], ['get', 'point_count']], sign(map, index, colour, halo)]);
    const mixed = sign(map, index, '#46545c', halo);
    map.addLayer({
      id: `${source}-cluster`,
      type: 'symbol',
      source,
      filter: ['has', 'point_count'],
      layout: {
        'icon-image': (agreed.length ? ['case', ...agreed, mixed] : mixed) as ExpressionSpecification,
        'icon-size': ['interpolate', ['linear'], ['get', 'point_count'], 2, 1.15, 20, 1.6, 100, 2.1],
        'icon-allow-overlap': true,
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': fonts(map),
        'text-size': 12,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': '#ffffff', 'text-halo-color': '#26323a', 'text-halo-width': 0.9 },
    }, under);
    map.addLayer({
      id: `${source}-sign`,
      type: 'symbol',
      source,
      filter: ['!', ['has', 'point_count']],
      layout: { 'icon-image': byValue((colour) => sign(map, index, colour, halo)), 'icon-size': 0.78, 'icon-allow-overlap': true },
      paint: { 'icon-opacity': faded },
    }, under);
    return;
  }
  const first = firstPoint(map) ?? under;
  if (layer.geometry === 'area') {
    const colour = layer.unitLevel ? text : byValue((colour) => colour);
    map.addLayer({ id: `${source}-fill`, type: 'fill', source, paint: { 'fill-color': colour, 'fill-opacity': layer.unitLevel ? 0 : 0.14 } }, first);
    map.addLayer({ id: `${source}-line`, type: 'line', source, paint: { 'line-color': colour, 'line-width': layer.unitLevel ? 2.5 : 1.5 } }, first);
    return;
  }
  map.addLayer({ id: `${source}-casing`, type: 'line', source, paint: { 'line-color': halo, 'line-width': 5 } }, first);
  map.addLayer({ id: `${source}-line`, type: 'line', source, paint: { 'line-color': byValue((colour) => colour), 'line-width': 2.6, 'line-opacity': faded } }, first);
}

/** Below the first sign, where lines and areas go. */
function firstPoint(map: MapLibre): string | undefined {
  return map.getStyle().layers.find(({ id }) => id.startsWith('records-') && id.endsWith('-cluster'))?.id;
}

/** Rings around the rows of a figure, and around the record chosen. */
function drawListed(map: MapLibre, model: Model): void {
  const { text, halo } = ink();
  const chosen = model.record().value;
  const listed = [...(model.rows().value?.features ?? []), ...(chosen ? [chosen] : [])];
  const mark = (item: Item) => ({ ...item, properties: { chosen: item.id === chosen?.id } });
  set(map, 'listed', listed.map(mark));
  if (map.getLayer('listed')) return;
  const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
  map.addLayer({ id: 'listed-line', type: 'line', source: 'listed', filter: ['!', isPoint], paint: { 'line-color': text, 'line-width': ['case', ['get', 'chosen'], 5, 2.5] } });
  map.addLayer({
    id: 'listed',
    type: 'circle',
    source: 'listed',
    filter: isPoint,
    paint: {
      'circle-radius': ['case', ['get', 'chosen'], 14, 5],
      'circle-color': ['case', ['get', 'chosen'], 'rgba(0,0,0,0)', text],
      'circle-opacity': ['case', ['get', 'chosen'], 0, 1],
      'circle-stroke-color': ['case', ['get', 'chosen'], text, halo],
      'circle-stroke-width': ['case', ['get', 'chosen'], 3.5, 1.5],
    },
  });
}
