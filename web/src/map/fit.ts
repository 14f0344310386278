/** Moves the map to show a box. */
import type { Map as MapLibre } from 'maplibre-gl';

/** West, south, east and north of Vietnam. */
export const VIETNAM: [number, number, number, number] = [102, 8, 110, 23.5];

type Box = [number, number, number, number];

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** How long a movement takes, in ms; 0 for readers who want no motion. */
export function duration(): number {
  return calm.matches ? 0 : 500;
}

/** The margins around a box. On a wide map the legend is on the right. */
export function margins(container: HTMLElement) {
  const legend = container.clientWidth > 900 ? 250 : 0;
  return { padding: { top: 40, bottom: 40, left: 40, right: 40 + legend }, maxZoom: 16 };
}

export function fit(map: MapLibre, box: Box): void {
  map.fitBounds(box, { ...margins(map.getContainer()), duration: duration() });
}

/** Moves at once and leaves the address alone: the map opens here by default. */
export function open(map: MapLibre, box: Box): void {
  map.fitBounds(box, { ...margins(map.getContainer()), duration: 0 }, { isOpening: true });
}
