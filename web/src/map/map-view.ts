/** The map: its base map, its view, and clicks. Its parts draw on it. */
import { provide } from '@lit/context';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import maplibre, { type MapGeoJSONFeature, type MapMouseEvent, type Map as MapLibre } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import { shapes, type UnitShape } from '../api/figures';
import { items } from '../api/items';
import type { Layer } from '../api/layers';
import { Part } from '../parts/part';
import { t } from '../texts';
import { boxAddress, communesAddress } from '../view/addresses';
import { Question } from '../view/question';
import { baseStyle, plain } from './base';
import { mapContext } from './context';
import { duration, fit, margins, open } from './fit';
import './map-around';
import './map-listed';
import { clickable } from './map-records';
import { NEAR, UNIT_FILL } from './map-units';
import { boundsOf } from './places';
import './map-view.css';

/** How long the map waits for its communes. Without a graphics processor an empty map costs as much to draw as a full one. */
const COMMUNES_MS = 1000;

/** Records that no nearer zoom tells apart lie within so many pixels. */
const LAST_ZOOM = 18;
const APART = 8;
const MOST_GATHERED = 200;

const dark = matchMedia('(prefers-color-scheme: dark)');

@customElement('map-view')
export class MapView extends Part {
  map: MapLibre | undefined;
  /** The same map, while it has a style to draw on. */
  @provide({ context: mapContext })
  @state()
  private drawable: MapLibre | undefined;
  /** Whether the style from another host was given up. */
  private isPlain = false;
  private shapes = new Question<UnitShape[]>(this, () => communesAddress(this.model), shapes);
  /** Whether the map must be made even without communes, and whether it is made. */
  @state() private isTime = false;
  private isMade = false;
  /** The home that the map has moved to. */
  private opened = '';

  protected override render() {
    const { layers } = this.model;
    const on = layers.filter(({ id }) => this.model.isOn(id));
    return html`<div id="map" role="region" aria-label=${t('map')}></div>
      <canvas id="picture" aria-hidden="true"></canvas>
      <div class="progress" role="status">
        <map-units></map-units>
        <map-around></map-around>
        ${repeat(
          on,
          ({ id }) => id,
          (layer) => html`<map-records .layer=${layer}></map-records>`,
        )}
        ${layers.length ? html`<map-listed></map-listed>` : nothing}
      </div>`;
  }

  protected override firstUpdated() {
    setTimeout(() => (this.isTime = true), COMMUNES_MS);
    dark.addEventListener('change', () => void this.restyle());
    addEventListener('beforeprint', () => this.picture());
  }

  protected override updated() {
    const { value, error } = this.shapes;
    if (!this.isMade && (value ?? error ?? this.isTime)) void this.make();
    if (!this.map || !value || this.opened === this.model.view.home) return;
    this.opened = this.model.view.home;
    const box = boundsOf(value);
    if (box) open(this.map, box);
  }

  private async make(): Promise<void> {
    this.isMade = true;
    const style = await baseStyle(this.model.settings);
    const { place } = this.model.view;
    const map = new maplibre.Map({
      container: this.querySelector<HTMLElement>('#map')!,
      style,
      ...(place ? { center: [place[2], place[1]], zoom: place[0] } : this.start()),
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      locale: { 'NavigationControl.ZoomIn': t('zoomIn'), 'NavigationControl.ZoomOut': t('zoomOut'), 'Map.Title': t('mapHelp') },
    });
    this.map = map;
    if (place) this.opened = this.model.view.home;
    this.model.near(map.getZoom() >= NEAR);
    map.touchZoomRotate.disableRotation();
    this.addControls(map);
    map.on('style.load', () => (this.drawable = map));
    map.on('error', (event) => this.bear(event.error as Error, 'sourceId' in event));
    map.on('click', (event) => void this.clicked(map, event));
    map.on('mousemove', (event) => (map.getCanvas().style.cursor = this.under(map, event).length ? 'pointer' : ''));
    map.on('zoom', () => this.model.near(map.getZoom() >= NEAR));
    map.on('moveend', (event) => 'isOpening' in event || this.remember(map));
  }

  /** Where the map opens: on the communes if they are here, otherwise on the middle of Thanh Hóa until they come. */
  private start() {
    const bounds = boundsOf(this.shapes.value ?? []);
    if (!bounds) return { center: [105.85, 20] as [number, number], zoom: 9 };
    this.opened = this.model.view.home;
    return { bounds, fitBoundsOptions: margins(this) };
  }

  showHome(): void {
    const box = boundsOf(this.shapes.shown ?? []);
    if (this.map && box) fit(this.map, box);
  }

  private addControls(map: MapLibre): void {
    const { basemap, basemap_style } = this.model.settings;
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    if (basemap || basemap_style) map.addControl(new maplibre.AttributionControl({ compact: true }), 'bottom-left');
    map.addControl(new maplibre.ScaleControl({ maxWidth: 100 }), 'bottom-left');
  }

  /** Replaces a style from another host if MapLibre rejects it: the data are shown without it. A missing tile does no harm. */
  private bear(error: Error, isTile: boolean): void {
    console.warn('map', error);
    if (isTile || this.drawable || this.isPlain) return;
    this.isPlain = true;
    this.map!.setStyle(plain());
  }

  private async restyle(): Promise<void> {
    this.drawable = undefined;
    this.map?.setStyle(this.isPlain ? plain() : await baseStyle(this.model.settings), { diff: false });
  }

  private remember(map: MapLibre): void {
    const { lng, lat } = map.getCenter();
    this.model.change({ place: [Number(map.getZoom().toFixed(2)), Number(lat.toFixed(5)), Number(lng.toFixed(5))] });
  }

  private under(map: MapLibre, { point }: MapMouseEvent): MapGeoJSONFeature[] {
    if (!this.drawable) return [];
    const layers = [...clickable(map, this.model).keys(), UNIT_FILL].filter((id) => map.getLayer(id));
    const near: [[number, number], [number, number]] = [
      [point.x - 4, point.y - 4],
      [point.x + 4, point.y + 4],
    ];
    return map.queryRenderedFeatures(near, { layers });
  }

  private async clicked(map: MapLibre, event: MapMouseEvent): Promise<void> {
    const found = this.under(map, event);
    const layers = clickable(map, this.model);
    const record = found.find(({ layer }) => layers.get(layer.id)?.unitLevel === undefined && layers.has(layer.id));
    const layer = record && layers.get(record.layer.id);
    if (layer && record.properties.point_count) return this.open(map, record, layer);
    if (layer) return this.model.change({ selected: `${layer.id}/${record.id}` });
    const [unit] = found.some(({ layer }) => layer.id === UNIT_FILL) ? map.queryRenderedFeatures(event.point, { layers: [UNIT_FILL] }) : [];
    if (unit) this.model.change({ selected: `unit/${unit.properties.code}`, rows: '', tab: 'figures' });
  }

  /** Zooms into a cluster, or lists its records if they lie in one place. */
  private async open(map: MapLibre, cluster: MapGeoJSONFeature, layer: Layer): Promise<void> {
    const [lng, lat] = (cluster.geometry as GeoJSON.Point).coordinates as [number, number];
    const zoom = map.getZoom();
    if (zoom < LAST_ZOOM) return void map.easeTo({ center: [lng, lat], zoom: Math.min(zoom + 2, LAST_ZOOM), duration: duration() });
    const reach = (APART * 360) / 512 / 2 ** LAST_ZOOM;
    const box = [lng - reach, lat - reach, lng + reach, lat + reach];
    const { features } = await items(boxAddress(this.model, layer, box, MOST_GATHERED), new AbortController().signal);
    this.model.gather(layer, features);
  }

  /** Copies the map to a canvas for printing: WebGL keeps no image after a frame. */
  private picture(): void {
    if (!this.map) return;
    const picture = this.querySelector<HTMLCanvasElement>('#picture')!;
    this.map.redraw();
    const seen = this.map.getCanvas();
    [picture.width, picture.height] = [seen.width, seen.height];
    picture.getContext('2d')!.drawImage(seen, 0, 0);
  }
}
