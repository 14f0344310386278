/** Rings around the rows of a figure and around the chosen record. The map moves to them. */
import { customElement } from 'lit/decorators.js';
import type { ExpressionSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Item } from '../api/items';
import { Chosen } from '../view/chosen';
import { ink } from './base';
import { Drawing } from './drawing';
import { fit } from './fit';
import { NEAR } from './map-units';
import { boundsOf } from './places';
import { fill, place, RANK } from './style';

const IS_POINT: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];

@customElement('map-listed')
export class MapListed extends Drawing {
  private chosen = new Chosen(this);
  /** What was last drawn, and what the map last moved to. */
  private drawn: Item[] = [];
  private shown = '';

  protected override draw(map: MapLibre): void {
    const record = this.chosen.record.value;
    const rows = this.chosen.rows.value?.features ?? [];
    const all = record ? [...rows, record] : rows;
    const isNew = !map.getSource('listed');
    if (isNew || all.length !== this.drawn.length || all.some((item, i) => item !== this.drawn[i])) {
      this.drawn = all;
      fill(
        map,
        'listed',
        all.map((item) => ({ ...item, properties: { chosen: item.id === record?.id } })),
      );
    }
    if (isNew) add(map);
    this.follow(map);
  }

  /** Moves the map to the record that was chosen in a list, or to the rows of a figure. */
  private follow(map: MapLibre): void {
    const { selected, rows, place } = this.model.view;
    const wanted = `${selected} ${rows}`;
    if (wanted === this.shown) return;
    const { record, layer } = this.chosen;
    const features = layer ? record.value && [record.value] : rows ? this.chosen.rows.value?.features : [];
    if (!features) return;
    const isFirst = this.shown === '' && place !== undefined;
    this.shown = wanted;
    const box = boundsOf(features);
    if (!box || isFirst) return;
    const seen = map.getBounds();
    // From afar a record is a ring without a symbol.
    const isFar = layer?.geometry === 'point' && map.getZoom() < NEAR;
    if (isFar || !seen.contains([box[0], box[1]]) || !seen.contains([box[2], box[3]])) fit(map, box);
  }
}

function add(map: MapLibre): void {
  const { text, halo } = ink();
  place(map, RANK.listed, {
    id: 'listed-line',
    type: 'line',
    source: 'listed',
    filter: ['!', IS_POINT],
    paint: { 'line-color': text, 'line-width': ['case', ['get', 'chosen'], 5, 2.5] },
  });
  place(map, RANK.listed, {
    id: 'listed',
    type: 'circle',
    source: 'listed',
    filter: IS_POINT,
    paint: {
      'circle-radius': ['case', ['get', 'chosen'], 14, 5],
      'circle-color': ['case', ['get', 'chosen'], 'rgba(0,0,0,0)', text],
      'circle-opacity': ['case', ['get', 'chosen'], 0, 1],
      'circle-stroke-color': ['case', ['get', 'chosen'], text, halo],
      'circle-stroke-width': ['case', ['get', 'chosen'], 3.5, 1.5],
    },
  });
}
