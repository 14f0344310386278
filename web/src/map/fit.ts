/** Moving the map to what shall be seen. */
import type { Map as MapLibre } from 'maplibre-gl';

type Box = [number, number, number, number];

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** How long a movement takes; for those who want none, no time. */
export function duration(): number {
  return calm.matches ? 0 : 500;
}

/** Around what is shown; on a wide map the legend stands to the right. */
export function margins(container: HTMLElement) {
  const legend = container.clientWidth > 900 ? 250 : 0;
  return { padding: { top: 40, bottom: 40, left: 40, right: 40 + legend }, maxZoom: 16 };
}

export function fit(map: MapLibre, box: Box): void {
  map.fitBounds(box, { ...margins(map.getContainer()), duration: duration() });
}

/** At once, and the address does not tell: this is where the map would have opened. */
export function open(map: MapLibre, box: Box): void {
  map.fitBounds(box, { ...margins(map.getContainer()), duration: 0 }, { isOpening: true });
}
