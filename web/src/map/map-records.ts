/** The records of a layer that is on: symbols and clusters, lines, or areas. */
import { customElement, property } from 'lit/decorators.js';
import type { ExpressionSpecification, GeoJSONSourceSpecification, Map as MapLibre } from 'maplibre-gl';
import { items, type Item, type Items } from '../api/items';
import type { Layer } from '../api/layers';
import { GREY } from '../colour/palette';
import { pick, within } from '../texts';
import { itemsAddress } from '../view/addresses';
import { shownItems } from '../view/legend';
import type { Model } from '../view/model';
import { Question } from '../view/question';
import { fonts, ink } from './base';
import { Drawing } from './drawing';
import { clear, fill, place, RANK } from './style';
import { sign } from './symbols';

const FADED: ExpressionSpecification = ['match', ['coalesce', ['get', 'lifecycle_status'], 'operational'], 'operational', 1, 0.45];

@customElement('map-records')
export class MapRecords extends Drawing {
  @property({ attribute: false }) layer!: Layer;
  private items = new Question<Items>(this, () => itemsAddress(this.model, this.layer), items);
  /** What was last drawn, so that the source is filled only when that changes. */
  private drawn: { all: Item[] | undefined; filters: string } = { all: undefined, filters: '' };

  override disconnectedCallback() {
    super.disconnectedCallback();
    if (this.map) clear(this.map, this.source);
  }

  protected override render() {
    return this.progress(this.items, within(pick(this.layer.title)));
  }

  private get source(): string {
    return `records-${this.layer.id}`;
  }

  protected override draw(map: MapLibre): void {
    const { model, layer, source } = this;
    const all = this.items.shown?.features;
    const filters = JSON.stringify(model.view.filters[layer.id]);
    const isNew = !map.getSource(source);
    if (isNew ? !all : this.drawn.all === all && this.drawn.filters === filters) return;
    this.drawn = { all, filters };
    const features = shownItems(model.view, layer, all ?? []);
    const marked = features.map((item) => ({ ...item, properties: { ...item.properties, id: item.id } }));
    fill(map, source, marked, isNew ? clusters(model, layer) : {});
    if (isNew) add(map, model, layer, source);
  }
}

/** The ids of the style's layers that can be clicked, each with its layer. */
export function clickable(map: MapLibre, { layers }: Model): Map<string, Layer> {
  const found = new Map<string, Layer>();
  for (const layer of layers) {
    for (const part of ['sign', 'cluster', 'line', 'fill']) {
      const id = `records-${layer.id}-${part}`;
      if (map.getLayer(id)) found.set(id, layer);
    }
  }
  return found;
}

/** Points that would overlap become clusters, which count the values of the legend. */
function clusters({ colours }: Model, { id, geometry, legend }: Layer): Partial<GeoJSONSourceSpecification> {
  if (geometry !== 'point') return {};
  const values = [...(colours.get(id)?.keys() ?? [])];
  const counts = values.map((value, i) => [`n${i}`, ['+', ['case', ['==', ['get', legend!.name], value], 1, 0]]]);
  return {
    cluster: true,
    clusterRadius: 24,
    clusterMaxZoom: 19,
    maxzoom: 20,
    clusterProperties: Object.fromEntries(counts) as Record<string, unknown>,
  };
}

/** Within a rank, layers are drawn in the order of the list, whichever came first. */
function rank({ layers }: Model, layer: Layer): number {
  return RANK[layer.geometry] + layers.indexOf(layer) / 1000;
}

function add(map: MapLibre, model: Model, layer: Layer, source: string): void {
  if (layer.geometry === 'point') addPoints(map, model, layer, source);
  else if (layer.geometry === 'line') addLines(map, model, layer, source);
  else addAreas(map, model, layer, source);
}

function addPoints(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const { halo } = ink();
  const index = model.layers.indexOf(layer);
  const draw = (colour: string) => sign(map, index, colour, halo);
  // One colour if all records of a cluster agree; otherwise the layer's symbol in the colour of text.
  const colours = [...(model.colours.get(layer.id)?.values() ?? [])];
  const agreed = colours.flatMap((colour, i) => [['==', ['get', `n${i}`], ['get', 'point_count']], draw(colour)]);
  const mixed = draw('#46545c');
  place(map, rank(model, layer), {
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
  });
  place(map, rank(model, layer), {
    id: `${source}-sign`,
    type: 'symbol',
    source,
    filter: ['!', ['has', 'point_count']],
    layout: { 'icon-image': byValue(model, layer, draw), 'icon-size': 0.78, 'icon-allow-overlap': true },
    paint: { 'icon-opacity': FADED },
  });
}

function addLines(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const colour = byValue(model, layer, (colour) => colour);
  place(map, rank(model, layer), { id: `${source}-casing`, type: 'line', source, paint: { 'line-color': ink().halo, 'line-width': 5 } });
  place(map, rank(model, layer), {
    id: `${source}-line`,
    type: 'line',
    source,
    paint: { 'line-color': colour, 'line-width': 2.6, 'line-opacity': FADED },
  });
}

function addAreas(map: MapLibre, model: Model, layer: Layer, source: string): void {
  const isUnit = Boolean(layer.unitLevel);
  const colour = isUnit ? ink().text : byValue(model, layer, (colour) => colour);
  place(map, rank(model, layer), {
    id: `${source}-fill`,
    type: 'fill',
    source,
    paint: { 'fill-color': colour, 'fill-opacity': isUnit ? 0 : 0.14 },
  });
  place(map, rank(model, layer), {
    id: `${source}-line`,
    type: 'line',
    source,
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
