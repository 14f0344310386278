/**
 * A map for one place. With `choosing` the place is the middle of the map, under a crosshair: it moves by moving the map, which fingers,
 * mouse and arrow keys all do. `features` are drawn besides, such as what is registered already, and `areas` as outlines.
 */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import maplibre, { type Map as MapLibre } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import { get } from '../../api/get';
import { baseStyle, ink } from '../../map/base';
import { duration, VIETNAM } from '../../map/fit';
import { boundsOf, type Placeable } from '../../map/places';
import { fill } from '../../map/style';
import type { Settings } from '../../view/model';
import './direction-dial';
import { t } from './texts';
import './place-map.css';

export type Position = [number, number];

const CLOSE = 17.5;
/** From here on single records are told apart. */
const NEAR_ZOOM = 14;

/** Dispatches `place` with the longitude and latitude when the middle moved, `azimuth` when the sector was turned, `feature` on a
 * click, and `view` with the box that is seen, when it is small enough to show single records. */
@customElement('place-map')
export class PlaceMap extends LitElement {
  @property({ type: Boolean }) choosing = false;
  /** The place to show, if one is known. */
  @property({ attribute: false }) place: Position | undefined;
  @property({ attribute: false }) areas: Placeable[] = [];
  @property({ attribute: false }) features: Placeable[] = [];
  /** Whether the thing looks somewhere; its direction, and how wide it sees. */
  @property({ type: Boolean }) looks = false;
  @property({ attribute: false }) azimuth: number | null | undefined;
  @property({ attribute: false }) opening: number | null | undefined;
  @state() private isReady = false;
  @state() private isImpossible = false;
  private map: MapLibre | undefined;
  private hasOpened = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.map?.remove();
    this.map = undefined;
  }

  /** Moves the middle of the map to a place, as close as one chooses it. */
  show(place: Position, zoom = CLOSE): void {
    this.place = place;
    this.map?.easeTo({ center: place, zoom: Math.max(this.map.getZoom(), zoom), duration: duration() });
  }

  protected override render() {
    return html`<div class="canvas" role="region" aria-label=${this.choosing ? t('map') : t('mapOnly')}></div>
      ${this.isImpossible ? html`<p class="note">${t('noMap')}</p>` : nothing}
      ${this.choosing && this.isReady ? html`<div class="crosshair" aria-hidden="true"></div>` : nothing}
      ${
        this.isReady && this.looks && (this.choosing || this.azimuth != null)
          ? html`<direction-dial .azimuth=${this.azimuth} .opening=${this.opening} ?fixed=${!this.choosing}></direction-dial>`
          : nothing
      }`;
  }

  protected override firstUpdated() {
    void this.make();
  }

  protected override updated(changed: Map<PropertyKey, unknown>) {
    if (!this.map || !this.isReady) return;
    if (changed.has('areas') || changed.has('features') || changed.has('place') || changed.has('isReady')) this.draw(this.map);
    if (!this.hasOpened || (changed.has('place') && this.place && !this.isAt(this.place))) this.open(this.map);
  }

  private async make(): Promise<void> {
    const style = await baseStyle(await get<Settings>('/config.json'));
    if (!this.isConnected) return;
    try {
      this.map = new maplibre.Map({
        container: this.querySelector<HTMLElement>('.canvas')!,
        style,
        bounds: VIETNAM,
        maxZoom: 20,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        fadeDuration: 0,
        locale: { 'NavigationControl.ZoomIn': t('zoomIn'), 'NavigationControl.ZoomOut': t('zoomOut'), 'Map.Title': t('map') },
      });
    } catch (error) {
      console.warn('map', error);
      this.isImpossible = true;
      return;
    }
    const { map } = this;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    map.addControl(new maplibre.ScaleControl({ maxWidth: 100 }), 'bottom-left');
    map.on('style.load', () => (this.isReady = true));
    map.on('click', (event) => this.clicked(map, event));
    map.on('moveend', () => {
      if (map.getZoom() >= NEAR_ZOOM) this.dispatchEvent(new CustomEvent('view', { detail: map.getBounds().toArray().flat() }));
    });
    map.on('moveend', (event) => {
      if ('isOpening' in event || !this.choosing || !event.originalEvent) return;
      this.tell();
    });
  }

  private clicked(map: MapLibre, event: maplibre.MapMouseEvent): void {
    const [feature] = map.getLayer('known') ? map.queryRenderedFeatures(event.point, { layers: ['known'] }) : [];
    if (feature) this.dispatchEvent(new CustomEvent('feature', { detail: feature.properties.id as number }));
    else if (this.choosing) {
      void map.once('moveend', () => this.tell());
      map.easeTo({ center: event.lngLat, duration: duration() });
    }
  }

  private tell(): void {
    const { lng, lat } = this.map!.getCenter();
    this.place = [Number(lng.toFixed(6)), Number(lat.toFixed(6))];
    this.dispatchEvent(new CustomEvent<Position>('place', { detail: this.place }));
  }

  private isAt([lng, lat]: Position): boolean {
    const centre = this.map!.getCenter();
    return Math.abs(centre.lng - lng) < 2e-6 && Math.abs(centre.lat - lat) < 2e-6;
  }

  /** The first view: the place, otherwise the areas. */
  private open(map: MapLibre): void {
    const box = boundsOf(this.areas);
    if (this.place) map.easeTo({ center: this.place, zoom: Math.max(map.getZoom(), CLOSE), duration: 0 }, { isOpening: true });
    else if (box && !this.hasOpened) map.fitBounds(box, { padding: 24, duration: 0 }, { isOpening: true });
    if (this.place ?? box) this.hasOpened = true;
  }

  private draw(map: MapLibre): void {
    const { line, text, halo } = ink();
    const accent = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
    const isNew = !map.getSource('areas');
    fill(map, 'areas', this.areas);
    fill(
      map,
      'known',
      this.features.map((feature) => ({ ...feature, properties: { ...feature.properties, id: feature.id } })),
    );
    const own =
      this.place && !this.choosing
        ? [{ type: 'Feature' as const, properties: {}, geometry: { type: 'Point' as const, coordinates: this.place } }]
        : [];
    fill(map, 'own', own);
    if (!isNew) return;
    map.addLayer({ id: 'areas', type: 'line', source: 'areas', paint: { 'line-color': line, 'line-width': 2, 'line-dasharray': [3, 2] } });
    map.addLayer({
      id: 'known',
      type: 'circle',
      source: 'known',
      paint: { 'circle-radius': 7, 'circle-color': accent, 'circle-stroke-color': halo, 'circle-stroke-width': 2 },
    });
    map.addLayer({
      id: 'own',
      type: 'circle',
      source: 'own',
      paint: { 'circle-radius': 9, 'circle-color': '#c2410c', 'circle-stroke-color': text, 'circle-stroke-width': 2 },
    });
  }
}
