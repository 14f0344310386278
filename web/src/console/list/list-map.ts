/** The places of a list's rows beside it. Loaded when it is first opened. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import maplibre, { type GeoJSONSource, type Map as MapLibre } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import { get } from '../../api/get';
import { items, nameOf, type Item } from '../../api/items';
import type { Layer } from '../../api/layers';
import { baseStyle, ink } from '../../map/base';
import { fit, open, VIETNAM } from '../../map/fit';
import { boundsOf } from '../../map/places';
import { fill } from '../../map/style';
import { number, t as general } from '../../texts';
import type { Settings } from '../../view/model';
import { t } from './texts';
import './list-map.css';

const ROWS = 'rows';
const LAYERS = ['fill', 'line', 'circle'] as const;

@customElement('list-map')
export class ListMap extends LitElement {
  @property({ attribute: false }) layer!: Layer;
  /** What is asked, with geometry. */
  @property({ attribute: false }) address = '';
  /** Rises when the rows are to be read again. */
  @property({ attribute: false }) turn = 0;
  /** The record that the reader points at in the list. */
  @property({ attribute: false }) pointed = 0;
  @state() private chosen: Item | undefined;
  @state() private message = '';
  private map: MapLibre | undefined;
  private features: Item[] = [];
  /** The question to whose rows the map has moved. */
  private fitted = '';
  private stop = new AbortController();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { chosen, layer } = this;
    return html`<div class="canvas" role="region" aria-label=${general('map')}></div>
      <p class="said" role="status">
        ${chosen ? html`<a href="/console/${layer.id}/${chosen.id}">${nameOf(chosen) || general('noName')}</a>` : this.message || nothing}
      </p>`;
  }

  protected override firstUpdated() {
    void this.make();
  }

  private async make() {
    const settings = await get<Settings>('/config.json').catch(() => ({}) as Settings);
    const style = await baseStyle(settings);
    if (!this.isConnected) return;
    const container = this.querySelector<HTMLElement>('.canvas')!;
    const map = new maplibre.Map({
      container,
      style,
      bounds: VIETNAM,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      fadeDuration: 0,
    });
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    map.on('load', () => {
      this.map = map;
      this.draw();
    });
    map.on('click', (event) => {
      const [found] = map.getLayer(`${ROWS}-circle`)
        ? map.queryRenderedFeatures(event.point, { layers: LAYERS.map((kind) => `${ROWS}-${kind}`) })
        : [];
      this.chosen = found && this.features.find(({ id }) => id === found.id);
    });
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.stop.abort();
    this.map?.remove();
    this.map = undefined;
  }

  protected override updated(changed: Map<string, unknown>) {
    if (changed.has('address') || changed.has('turn')) void this.load();
    if (changed.has('pointed') && this.map?.getLayer(`${ROWS}-pointed`))
      this.map.setFilter(`${ROWS}-pointed`, ['==', ['id'], this.pointed]);
  }

  private async load() {
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    try {
      const { features, cut } = await items(this.address, signal);
      if (signal.aborted) return;
      this.features = features;
      const unplaced = features.filter(({ geometry }) => !geometry).length;
      const said = [
        t('onMap', { n: number(features.length - unplaced) }),
        unplaced ? general('unlocatedRows', { n: number(unplaced) }) : '',
        cut ? general('cutLayerOpen', { n: number(features.length) }) : '',
      ];
      this.message = said.filter(Boolean).join('; ');
      this.draw();
    } catch (error) {
      if (!signal.aborted) this.message = (error as Error).message;
    }
  }

  private draw() {
    const { map, features } = this;
    if (!map) return;
    const isFirst = !map.getSource<GeoJSONSource>(ROWS);
    fill(map, ROWS, features);
    if (isFirst) addLayers(map);
    const box = boundsOf(features);
    if (!box || this.fitted === this.address) return;
    (this.fitted ? fit : open)(map, box);
    this.fitted = this.address;
  }
}

function addLayers(map: MapLibre) {
  const { text, halo } = ink();
  const accent = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
  map.addLayer({
    id: `${ROWS}-fill`,
    type: 'fill',
    source: ROWS,
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': accent, 'fill-opacity': 0.15 },
  });
  map.addLayer({
    id: `${ROWS}-line`,
    type: 'line',
    source: ROWS,
    filter: ['!=', ['geometry-type'], 'Point'],
    paint: { 'line-color': accent, 'line-width': 2 },
  });
  map.addLayer({
    id: `${ROWS}-circle`,
    type: 'circle',
    source: ROWS,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 6, 'circle-color': accent, 'circle-stroke-color': halo, 'circle-stroke-width': 1.5 },
  });
  map.addLayer({
    id: `${ROWS}-pointed`,
    type: 'circle',
    source: ROWS,
    filter: ['==', ['id'], 0],
    paint: { 'circle-radius': 13, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': text, 'circle-stroke-width': 3 },
  });
}
