/** Where the doubtful rows are: numbered points on the communes; the row in hand stands out. */
import type { FeatureCollection } from 'geojson';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { get, query } from '../../api/get';
import { layers } from '../../api/layers';
import { VIETNAM } from '../../map/fit';
import { boundsOf } from '../../map/places';
import { ownAreas } from '../map/commune';
import type { Session } from '../shell/session';
import { t } from './texts';

export interface Placed {
  nth: number;
  label: string;
  at: [number, number];
  isError: boolean;
}

type Box = [number, number, number, number];

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

@customElement('import-map')
export class ImportMap extends LitElement {
  @property({ attribute: false }) places: Placed[] = [];
  /** The row in hand. */
  @property({ type: Number }) active = -1;
  /** Where the map opens if no row has a place. */
  @property({ attribute: false }) session!: Session;
  /** What the reader is asked to click at; empty: nothing. Arrow keys move the map, and Enter takes its middle. */
  @property() asks = '';
  private map: MapLibre | undefined;
  private isFitted = false;
  private isAtHome = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<div class="map ${this.asks ? 'asking' : ''}" role="region" aria-label=${t('mapOfRows')} @keydown=${this.press}></div>
      ${this.asks ? html`<p class="asks" role="status">${this.asks}</p>` : nothing}`;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.map?.remove();
    this.map = undefined;
    this.isFitted = this.isAtHome = false;
  }

  protected override firstUpdated() {
    void this.make();
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has('places') || changed.has('active')) this.draw();
    if (changed.has('active')) this.follow();
  }

  private async make(): Promise<void> {
    const [{ default: maplibre }, { baseStyle, ink }, settings] = await Promise.all([
      import('maplibre-gl'),
      import('../../map/base'),
      get<Parameters<typeof import('../../map/base').baseStyle>[0]>('/config.json'),
      import('maplibre-gl/dist/maplibre-gl.css'),
    ]);
    const style = await baseStyle(settings);
    const container = this.querySelector<HTMLElement>('.map');
    if (!container || !this.isConnected) return;
    const map = new maplibre.Map({
      container,
      style,
      bounds: VIETNAM,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      cooperativeGestures: matchMedia('(pointer: coarse)').matches,
      locale: { 'Map.Title': t('mapOfRows'), 'NavigationControl.ZoomIn': t('zoomIn'), 'NavigationControl.ZoomOut': t('zoomOut') },
    });
    this.map = map;
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    map.on('load', () => {
      const { line, text, halo } = ink();
      const css = getComputedStyle(this);
      map.addSource('outlines', { type: 'geojson', data: EMPTY });
      map.addLayer({ id: 'outlines', type: 'line', source: 'outlines', paint: { 'line-color': line, 'line-width': 1 } });
      map.addSource('rows', { type: 'geojson', data: EMPTY });
      map.addLayer({
        id: 'rows',
        type: 'circle',
        source: 'rows',
        paint: {
          'circle-radius': ['case', ['get', 'isActive'], 11, 7],
          'circle-color': ['case', ['get', 'isError'], css.getPropertyValue('--bad').trim(), css.getPropertyValue('--less').trim()],
          'circle-stroke-color': ['case', ['get', 'isActive'], text, halo],
          'circle-stroke-width': ['case', ['get', 'isActive'], 3, 1.5],
        },
        layout: { 'circle-sort-key': ['case', ['get', 'isActive'], 1, 0] },
      });
      map.on('click', ({ point, lngLat }) => {
        if (this.asks) return this.choosePlace(lngLat);
        const nth = map.queryRenderedFeatures(point, { layers: ['rows'] })[0]?.properties.nth as number | undefined;
        if (nth !== undefined) this.dispatchEvent(new CustomEvent('choose', { detail: nth }));
      });
      map.on('mousemove', ({ point }) => {
        const isOver = map.queryRenderedFeatures(point, { layers: ['rows'] }).length > 0;
        map.getCanvas().style.cursor = this.asks ? 'crosshair' : isOver ? 'pointer' : '';
      });
      this.draw();
    });
  }

  private press(event: KeyboardEvent) {
    if (event.key === 'Enter' && this.asks && this.map) this.choosePlace(this.map.getCenter());
  }

  private choosePlace({ lng, lat }: { lng: number; lat: number }) {
    this.dispatchEvent(new CustomEvent('place', { detail: [lng, lat] }));
  }

  private draw(): void {
    const source = this.map?.getSource<GeoJSONSource>('rows');
    if (!source) return;
    const features = this.places.map(({ nth, at, isError, label }) => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: at },
      properties: { nth, label, isError, isActive: nth === this.active },
    }));
    source.setData({ type: 'FeatureCollection', features });
    if (this.isFitted) return;
    const box = boundsOf(features);
    if (box) {
      this.isFitted = true;
      this.show(box);
    } else void this.openAtHome();
  }

  /** Until some row has a place. */
  private async openAtHome(): Promise<void> {
    if (this.isAtHome) return;
    this.isAtHome = true;
    const areas = await ownAreas(this.session).catch(() => []);
    if (!this.isFitted) this.show(boundsOf(areas));
  }

  private show(box: Box | undefined): void {
    if (!box) return;
    this.map?.fitBounds(box, { padding: 40, maxZoom: 16, duration: 0 });
    void this.outline(box);
  }

  /** The communes around the rows. */
  private async outline(box: Box): Promise<void> {
    const layer = (await layers()).find(({ unitLevel }) => unitLevel === 'commune');
    if (!layer) return;
    const address = query(`/collections/${layer.id}/items`, { bbox: box.join(','), limit: 200, 'zoom-level': 12 });
    const communes = await get<FeatureCollection>(address).catch(() => EMPTY);
    this.map?.getSource<GeoJSONSource>('outlines')?.setData(communes);
  }

  /** Moves to the row in hand if it is out of sight. */
  private follow(): void {
    const place = this.places.find(({ nth }) => nth === this.active);
    if (place && this.map && !this.map.getBounds().contains(place.at)) this.map.easeTo({ center: place.at, duration: 300 });
  }
}
