/** The communes: their shading, borders and names. */
import type { Feature, Point } from 'geojson';
import type { GeoJSONSource, GeoJSONSourceSpecification, Map as MapLibre, VariableAnchorOffsetCollectionSpecification } from 'maplibre-gl';
import type { UnitShape } from '../api/figures';
import type { Model } from '../view/model';
import { shading } from '../view/shading';
import { fonts, ink } from './base';
import { centroid, polygons, type Placeable } from './places';

export const UNIT_FILL = 'units-fill';

/** Where a name may stand: in the middle, else above or below, ever further. */
const ROOM = ['center', [0, 0], 'bottom', [0, -0.8], 'top', [0, 0.8], 'bottom', [0, -2], 'top', [0, 2], 'left', [0.8, 0], 'right', [-0.8, 0]] as VariableAnchorOffsetCollectionSpecification;

/** What was last drawn, so that the sources are set only when it changes. */
const stamps = new WeakMap<MapLibre, string>();

export function drawUnits(map: MapLibre, model: Model): void {
  const shapes = model.shapes().value ?? [];
  const colours = shading(model);
  const chosen = model.view.selected;
  const drawn = shapes.map((shape) => ({
    ...shape,
    properties: {
      code: shape.properties!['code'],
      colour: colours?.colourOf(shape) ?? ink().land,
      chosen: chosen === `unit/${shape.properties!['code']}`,
    },
  }));
  const stamp = drawn.map(({ properties }) => Object.values(properties).join()).join();
  if (stamps.get(map) === stamp && map.getSource('units')) return;
  stamps.set(map, stamp);
  set(map, 'units', drawn);
  set(map, 'unit-names', shapes.flatMap(name));
  if (map.getLayer(UNIT_FILL)) return;
  const { line, text, halo } = ink();
  map.addLayer({
    id: UNIT_FILL,
    type: 'fill',
    source: 'units',
    paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': model.settings.basemap || model.settings.basemap_style ? 0.75 : 1 },
  });
  map.addLayer({ id: 'units-line', type: 'line', source: 'units', paint: { 'line-color': line, 'line-width': 1 } });
  map.addLayer({
    id: 'units-chosen',
    type: 'line',
    source: 'units',
    filter: ['get', 'chosen'],
    paint: { 'line-color': text, 'line-width': 3 },
  });
  map.addLayer({
    id: 'unit-names',
    type: 'symbol',
    source: 'unit-names',
    layout: {
      'text-field': ['get', 'name'],
      'text-font': fonts(map),
      'text-size': ['interpolate', ['linear'], ['zoom'], 10, 11, 14, 15],
      'text-max-width': 12,
      'text-padding': 0,
      // Beside the signs rather than under them, where there is room.
      'text-variable-anchor-offset': ROOM,
      'text-allow-overlap': ['step', ['zoom'], false, 11, true],
    },
    paint: { 'text-color': text, 'text-halo-color': halo, 'text-halo-width': 1.6 },
  });
}

/** Fills a source, making it if need be; what has no place is left out. */
export function set(map: MapLibre, source: string, features: Placeable[], options: Partial<GeoJSONSourceSpecification> = {}): void {
  const placed = features.filter(({ geometry }) => geometry) as Feature[];
  const collection = { type: 'FeatureCollection' as const, features: placed };
  const existing = map.getSource<GeoJSONSource>(source);
  if (existing) existing.setData(collection);
  else map.addSource(source, { ...options, type: 'geojson', data: collection });
}

/** The name at the centroid of the greatest polygon. */
function name({ geometry, properties }: UnitShape): Feature<Point>[] {
  const measured = polygons(geometry).map(([ring]) => centroid(ring!));
  const [greatest] = measured.sort((a, b) => b.area - a.area);
  return greatest ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: greatest.at }, properties: { name: properties!['name'] } }] : [];
}
