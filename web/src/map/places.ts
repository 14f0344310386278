/** Geometry of features. It is separate from the map because the panel needs it and must not wait for MapLibre. */
import type { Feature, Geometry, Position } from 'geojson';
import type { UnitShape } from '../api/figures';

/** A feature that may not be located yet. */
export type Placeable = Omit<Feature, 'geometry'> & { geometry: Geometry | null };

/** The box around features: west, south, east, north. */
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

/** The unit that contains a place. */
export function unitAt(shapes: UnitShape[], [x, y]: Position): UnitShape | undefined {
  return shapes.find(({ geometry }) => polygons(geometry).some((rings) => rings.filter((ring) => inside(ring, x!, y!)).length % 2 === 1));
}

export function polygons(geometry: UnitShape['geometry']): Position[][][] {
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

/** The centroid of the largest polygon: where the name of a unit stands. */
export function middle(geometry: UnitShape['geometry']): Position | undefined {
  const measured = polygons(geometry).map(([ring]) => centroid(ring!));
  return measured.sort((a, b) => b.area - a.area)[0]?.at;
}

/** The centroid of a ring, and its area in square degrees. */
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
