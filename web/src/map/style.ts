/** Adds data to the map. Each layer of the style has a rank, so that late data still go in the right order. */
import type { Feature } from 'geojson';
import type { AddLayerObject, GeoJSONSource, GeoJSONSourceSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Placeable } from './places';

/** From bottom to top, labels those of the base map: areas hide neither lines nor points, and nothing hides a name. */
export const RANK = { around: -0.5, units: 0, borders: 0.4, labels: 0.5, area: 1, line: 2, point: 3, listed: 4, names: 5 };

/** Adds a layer of the style above all layers of the same or a lower rank. */
export function place(map: MapLibre, rank: number, layer: AddLayerObject): void {
  const above = map.getLayersOrder().find((id) => rankOf(map, id) > rank);
  map.addLayer({ ...layer, metadata: { rank } } as AddLayerObject, above);
}

/** Layers of a base map other than its labels have no rank and lie below all others. */
function rankOf(map: MapLibre, id: string): number {
  const { rank } = (map.getLayer(id)?.metadata ?? {}) as { rank?: number };
  return rank ?? -1;
}

/** Fills a source, and makes it if there is none. Features without a place are left out. */
export function fill(map: MapLibre, source: string, features: Placeable[], options: Partial<GeoJSONSourceSpecification> = {}): void {
  const placed = features.filter(({ geometry }) => geometry) as Feature[];
  const collection = { type: 'FeatureCollection' as const, features: placed };
  const existing = map.getSource<GeoJSONSource>(source);
  if (existing) existing.setData(collection);
  else map.addSource(source, { ...options, type: 'geojson', data: collection });
}

/** Removes a source from the map, with all layers that draw it. */
export function clear(map: MapLibre, source: string): void {
  if (!map.getSource(source)) return;
  for (const id of map.getLayersOrder()) if (map.getLayer(id)?.source === source) map.removeLayer(id);
  map.removeSource(source);
}
