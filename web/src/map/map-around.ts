/** The outlines and names of all units of the register, from vector tiles: what lies around the home, and where the reader is from near. */
import { customElement } from 'lit/decorators.js';
import type { ExpressionSpecification, FilterSpecification, Map as MapLibre } from 'maplibre-gl';
import { shapes, type UnitShape } from '../api/figures';
import { t } from '../texts';
import { communesAddress, unitTilesAddress } from '../view/addresses';
import { Question } from '../view/question';
import { fonts, ink } from './base';
import { Drawing } from './drawing';
import { NEAR } from './map-units';
import { clear, place, RANK } from './style';
import { Tiles } from './tiles';

const SOURCE = 'around';
/** From this zoom communes have outlines and names; from afar only what is above them. */
const COMMUNES_FROM = 9;
/** A feature of a tile that stands for several units, too small to be drawn. */
const IS_CLUSTER: ExpressionSpecification = ['has', 'point_count'];

@customElement('map-around')
export class MapAround extends Drawing {
  private shapes = new Question<UnitShape[]>(this, () => communesAddress(this.model), shapes);
  private tiles = new Tiles(SOURCE, () => this.requestUpdate());
  private named = '';

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.tiles.stop();
    if (this.map) clear(this.map, SOURCE);
  }

  protected override render() {
    return this.progress(this.tiles, t('boundaries'));
  }

  protected override draw(map: MapLibre): void {
    const address = unitTilesAddress(this.model);
    if (!address) return;
    if (this.tiles.show(map, address, `${this.model.refreshes} ${this.model.retries}`)) this.add(map);
    const filter = this.names();
    if (this.named === JSON.stringify(filter)) return;
    this.named = JSON.stringify(filter);
    map.setFilter('around-names', filter);
  }

  /** The communes of the home have names of their own while their figures are shown. */
  private names(): FilterSpecification {
    const own = (this.shapes.shown ?? []).map(({ properties }) => properties.code);
    return ['all', ['!', IS_CLUSTER], ['!', ['in', ['get', 'code'], ['literal', own]]]] as FilterSpecification;
  }

  private add(map: MapLibre): void {
    this.named = '';
    const { line, text, halo } = ink();
    const { basemap, basemap_style } = this.model.settings;
    const land = this.model.layers.find(({ unitLevel }) => unitLevel === 'province');
    if (land && !basemap && !basemap_style) {
      const common = { source: SOURCE, 'source-layer': land.id, filter: ['!', IS_CLUSTER] as FilterSpecification };
      place(map, RANK.around, { id: 'around-land', type: 'fill', ...common, paint: { 'fill-color': ink().around } });
    }
    const widths: Record<string, [number, number]> = { commune: [0.6, COMMUNES_FROM], district: [1, 8], province: [1.6, 0] };
    for (const { id, unitLevel = '' } of this.model.layers) {
      const [width, minzoom] = widths[unitLevel] ?? [];
      if (width === undefined || minzoom === undefined) continue;
      place(map, RANK.borders, {
        id: `around-${unitLevel}`,
        type: 'line',
        source: SOURCE,
        'source-layer': id,
        minzoom,
        paint: { 'line-color': line, 'line-width': width, 'line-opacity': 0.8 },
      });
    }
    const commune = this.model.layers.find(({ unitLevel }) => unitLevel === 'commune');
    if (!commune) return;
    const common = { type: 'symbol', source: SOURCE, 'source-layer': commune.id } as const;
    const layout = { 'text-field': ['get', 'name'] as ExpressionSpecification, 'text-font': fonts(map), 'text-max-width': 8 };
    const paint = { 'text-color': text, 'text-halo-color': halo, 'text-halo-width': 1.4 };
    place(map, RANK.borders, {
      id: 'around-names',
      ...common,
      minzoom: COMMUNES_FROM + 1,
      maxzoom: NEAR,
      layout: { ...layout, 'text-size': 11 },
      paint: { ...paint, 'text-opacity': 0.7 },
    });
    place(map, RANK.names, {
      id: 'near-names',
      ...common,
      minzoom: NEAR,
      filter: ['!', IS_CLUSTER],
      layout: { ...layout, 'text-size': 14, 'text-padding': 110 },
      paint,
    });
  }
}
