/** The records of a layer that is on, from vector tiles: symbols, lines, or areas. */
import { customElement, property } from 'lit/decorators.js';
import type { Map as MapLibre } from 'maplibre-gl';
import type { Layer } from '../api/layers';
import { pick, within } from '../texts';
import { tilesAddress } from '../view/addresses';
import type { Model } from '../view/model';
import { Drawing } from './drawing';
import { addRecords, fade } from './record-style';
import { clear } from './style';
import { Tiles } from './tiles';

@customElement('map-records')
export class MapRecords extends Drawing {
  @property({ attribute: false }) layer!: Layer;
  private tiles: Tiles | undefined;
  private faded = 1;

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.tiles?.stop();
    this.tiles = undefined;
    if (this.map) clear(this.map, this.source);
  }

  protected override render() {
    const { isPending = false, error } = this.tiles ?? {};
    return this.progress({ isPending, error }, within(pick(this.layer.title)));
  }

  private get source(): string {
    return `records-${this.layer.id}`;
  }

  protected override draw(map: MapLibre): void {
    const { model, layer, source } = this;
    this.tiles ??= new Tiles(source, () => this.requestUpdate());
    const address = tilesAddress(model, layer);
    if (!address) return clear(map, source);
    const opacity = model.view.opacity[layer.id] ?? 1;
    const isNew = this.tiles.show(map, address, `${model.refreshes} ${model.retries}`);
    if (isNew) addRecords(map, model, layer, source);
    if (isNew || this.faded !== opacity) fade(map, source, opacity);
    this.faded = opacity;
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
