/** The communes: their shading, borders and names. */
import type { Feature, Geometry, Point, Position } from 'geojson';
import type { GeoJSONSource, Map as MapLibre, VariableAnchorOffsetCollectionSpecification } from 'maplibre-gl';
import type { UnitShape } from '../api/figures';
import type { Model } from '../view/model';
import { shading } from '../view/shading';
import { fonts, ink } from './base';

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

/** A feature that may have no place yet. */
export type Placeable = Omit<Feature, 'geometry'> & { geometry: Geometry | null };

/** Fills a source, making it if need be; what has no place is left out. */
export function set(map: MapLibre, source: string, features: Placeable[]): void {
  const placed = features.filter(({ geometry }) => geometry) as Feature[];
  const collection = { type: 'FeatureCollection' as const, features: placed };
  const existing = map.getSource<GeoJSONSource>(source);
  if (existing) existing.setData(collection);
  else map.addSource(source, { type: 'geojson', data: collection });
}

/** West, south, east, north of shapes. */
export function boundsOf(shapes: Placeable[]): [number, number, number, number] | undefined {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] !== 'number') return part.forEach(visit);
    const [x, y] = part as [number, number];
    [box[0], box[1], box[2], box[3]] = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
  };
  for (const { geometry } of shapes) if (geometry && 'coordinates' in geometry) visit(geometry.coordinates);
  return Number.isFinite(box[0]) ? box : undefined;
}

/** The unit that a place lies in. */
export function unitAt(shapes: UnitShape[], [x, y]: Position): UnitShape | undefined {
  return shapes.find(({ geometry }) => polygons(geometry).some((rings) => rings.filter((ring) => inside(ring, x!, y!)).length % 2 === 1));
}

function polygons(geometry: UnitShape['geometry']): Position[][][] {
  return !geometry ? [] : geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
}

function inside(ring: Position[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[ax, ay], [bx, by]] = [ring[i] as [number, number], ring[j] as [number, number]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/** The name at the centroid of the greatest polygon. */
function name({ geometry, properties }: UnitShape): Feature<Point>[] {
  const measured = polygons(geometry).map(([ring]) => centroid(ring!));
  const [greatest] = measured.sort((a, b) => b.area - a.area);
  return greatest ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: greatest.at }, properties: { name: properties!['name'] } }] : [];
}

function centroid(ring: Position[]): { at: Position; area: number } {
  let [area, x, y] = [0, 0, 0];
  const [ox, oy] = ring[0] as [number, number];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay, bx, by] = [ring[i]![0]! - ox, ring[i]![1]! - oy, ring[i + 1]![0]! - ox, ring[i + 1]![1]! - oy];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return { at: [ox + x / (3 * area), oy + y / (3 * area)], area: Math.abs(area) };
}
