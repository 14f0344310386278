/** The layers of the style that draw the records of a layer of the register. */
import type { ExpressionSpecification, Map as MapLibre, SymbolLayerSpecification } from 'maplibre-gl';
import type { Layer } from '../api/layers';
import { GREY } from '../colour/palette';
import type { Model } from '../view/model';
import { fonts, ink } from './base';
import { NEAR } from './map-units';
import { place, RANK } from './style';
import { SECTOR, sector, sign } from './symbols';

const FADED: ExpressionSpecification = ['match', ['coalesce', ['get', 'lifecycle_status'], 'operational'], 'operational', 1, 0.45];
/** A feature of a tile that stands for several records. */
const IS_CLUSTER: ExpressionSpecification = ['has', 'point_count'];
const MIXED = '#46545c';
/** From afar lines would only be a web over the figures of the communes. */
const LINES_FROM = 9;
const SECTORS_FROM = 15;
/** Metres that a pixel shows at zoom 15 and 20, at 17 degrees north, in the middle of Vietnam. */
const METRES = { 15: 2.28, 20: 0.0714 };
/** The angles for which there is an image. */
const ANGLES = [30, 60, 90, 120, 180, 360];

export function addRecords(map: MapLibre, model: Model, layer: Layer, source: string): void {
  if (layer.geometry === 'point') addPoints(map, model, layer, source);
  else if (layer.geometry === 'line') addLines(map, model, layer, source);
  else addAreas(map, model, layer, source);
}

/** What is not in operation is faded; and all of a layer as the reader wants it. Of units only the borders are drawn. */
export function fade(map: MapLibre, source: string, opacity: number): void {
  const faded: ExpressionSpecification = ['*', opacity, FADED];
  for (const { id, type } of map.getStyle().layers.filter((layer) => 'source' in layer && layer.source === source)) {
    if (type === 'symbol') map.setPaintProperty(id, 'icon-opacity', faded).setPaintProperty(id, 'text-opacity', opacity);
    else if (type === 'line') map.setPaintProperty(id, 'line-opacity', id.endsWith('casing') ? opacity : faded);
    else if (type === 'fill') map.setPaintProperty(id, 'fill-opacity', ['case', ['has', 'lifecycle_status'], 0.14 * opacity, 0]);
  }
}

/** Within a rank, layers are drawn in the order of the list, whichever came first. */
function rank({ layers }: Model, layer: Layer): number {
  return RANK[layer.geometry] + layers.indexOf(layer) / 1000;
}

function addPoints(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const { text, halo } = ink();
  const draw = (colour: string) => sign(map, layer, model.layers.indexOf(layer), colour, halo);
  const common = { type: 'symbol', source, 'source-layer': layer.id, minzoom: NEAR } as const;
  addSectors(map, model, layer, source);
  const size: SymbolLayerSpecification['layout'] = {
    'icon-size': ['interpolate', ['linear'], ['zoom'], 13, 0.75, 16, 1.05],
    'icon-allow-overlap': true,
  };
  place(map, rank(model, layer), {
    id: `${source}-sign`,
    ...common,
    filter: ['!', IS_CLUSTER],
    layout: { 'icon-image': byValue(model, layer, draw), ...size },
  });
  place(map, rank(model, layer), {
    id: `${source}-cluster`,
    ...common,
    filter: IS_CLUSTER,
    layout: {
      'icon-image': agreed(model, layer, draw),
      ...size,
      'text-field': ['concat', '×', ['to-string', ['get', 'point_count']]],
      'text-font': fonts(map, 'bold'),
      'text-size': 12,
      'text-anchor': 'left',
      'text-offset': [0.75, -0.6],
      'text-optional': true,
      'text-allow-overlap': ['step', ['zoom'], false, 15, true],
    },
    paint: { 'text-color': text, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  });
}

/** What records look at, to scale, where the reader may know it. */
function addSectors(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const fields = layer.symbol?.sector;
  if (!fields) return;
  const { text } = ink();
  const [first, ...others] = ANGLES;
  const angles = others.flatMap((angle, i) => [(ANGLES[i]! + angle) / 2, sector(map, angle, text)]);
  const range: ExpressionSpecification = ['coalesce', ['get', fields.range_m], 30];
  place(map, rank(model, layer), {
    id: `${source}-sector`,
    type: 'symbol',
    source,
    'source-layer': layer.id,
    minzoom: SECTORS_FROM,
    filter: ['all', ['!', IS_CLUSTER], ['has', fields.direction]],
    layout: {
      'icon-image': [
        'step',
        ['coalesce', ['get', fields.angle], 60],
        sector(map, first!, text),
        ...angles,
      ] as unknown as ExpressionSpecification,
      'icon-rotate': ['get', fields.direction],
      'icon-rotation-alignment': 'map',
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'icon-size': [
        'interpolate',
        ['exponential', 2],
        ['zoom'],
        15,
        ['/', range, METRES[15] * SECTOR],
        20,
        ['/', range, METRES[20] * SECTOR],
      ],
    },
  });
}

function addLines(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const colour = byValue(model, layer, (colour) => colour);
  const common = { type: 'line', source, 'source-layer': layer.id, minzoom: LINES_FROM } as const;
  const width = (from: number, to: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 9, from, 13, to];
  place(map, rank(model, layer), {
    id: `${source}-casing`,
    ...common,
    paint: { 'line-color': ink().halo, 'line-width': width(2, 5) },
  });
  place(map, rank(model, layer), { id: `${source}-line`, ...common, paint: { 'line-color': colour, 'line-width': width(1, 2.6) } });
}

function addAreas(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const isUnit = Boolean(layer.unitLevel);
  const colour = isUnit ? ink().text : byValue(model, layer, (colour) => colour);
  const common = { source, 'source-layer': layer.id, ...(isUnit ? {} : { minzoom: LINES_FROM }) } as const;
  place(map, rank(model, layer), { id: `${source}-fill`, type: 'fill', ...common, paint: { 'fill-color': colour } });
  place(map, rank(model, layer), {
    id: `${source}-line`,
    type: 'line',
    ...common,
    paint: { 'line-color': colour, 'line-width': isUnit ? 2.5 : 1.5 },
  });
}

/** A style value for each value of the legend, made from its colour. */
function byValue({ colours }: Model, { id, legend }: Layer, give: (colour: string) => string): ExpressionSpecification | string {
  const all = [...(colours.get(id) ?? [])];
  if (!all.length) return give(GREY);
  return [
    'match',
    ['get', legend?.name ?? ''],
    ...all.flatMap(([value, colour]) => [value, give(colour)]),
    give(GREY),
  ] as unknown as ExpressionSpecification;
}

/** The same for several records: a colour if all have one value, as the parts of their number or sum say. */
function agreed({ colours, definitions }: Model, { id }: Layer, give: (colour: string) => string): ExpressionSpecification | string {
  const summed = definitions.flatMap(({ collection, sums }) => (collection === id && sums ? [sums] : []));
  const totals = [...new Set(['point_count', ...summed])];
  const of = (value: string) => totals.map((total) => ['all', ['has', total], ['==', ['get', `${total}.${value}`], ['get', total]]]);
  const all = [...(colours.get(id) ?? [])].flatMap(([value, colour]) => [['any', ...of(value)], give(colour)]);
  return all.length ? (['case', ...all, give(MIXED)] as unknown as ExpressionSpecification) : give(GREY);
}
