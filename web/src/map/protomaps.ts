/** The base map's own look: the layers of Protomaps, with labels in the reader's language. */
import { layers, namedFlavor } from '@protomaps/basemaps';
import type { LayerSpecification } from 'maplibre-gl';
import { theme } from '../colour/palette';
import { language } from '../texts';
import { RANK } from './style';

/**
 * Borders and names of countries and provinces are left out: those of the register are drawn. So are points of interest, which would
 * compete with its records.
 */
const LEFT_OUT = /^(pois|boundaries|places_country|places_region|roads_oneway)/;

/** Whether a file has the layers that Protomaps draws. */
export function isOfProtomaps(names: string[]): boolean {
  return ['earth', 'water', 'roads', 'places'].every((name) => names.includes(name));
}

export function protomaps(source: string): LayerSpecification[] {
  const flavor = namedFlavor(theme() === 'dark' ? 'dark' : 'light');
  return layers(source, flavor, { lang: language() })
    .filter(({ id }) => !LEFT_OUT.test(id))
    .map(ours);
}

/** Labels lie above the shading. Their icons would come from a sprite, which the page does not load. */
function ours(layer: LayerSpecification): LayerSpecification {
  if (layer.type !== 'symbol') return layer;
  const layout = { ...layer.layout };
  delete layout['icon-image'];
  return { ...layer, layout, metadata: { rank: RANK.labels } };
}
