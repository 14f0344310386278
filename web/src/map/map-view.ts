/** The map: draws what the model holds, and tells it what was clicked. */
import { html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import maplibre, { type GeoJSONSource, type MapGeoJSONFeature, type MapMouseEvent, type Map as MapLibre } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import { t } from '../texts';
import { model } from '../view/model';
import { baseStyle, plain } from './base';
import { clickable, drawRecords } from './records';
import { boundsOf, type Placeable } from './places';
import { drawUnits, UNIT_FILL } from './units';

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * Waits until nothing more is asked for: a map drawn once, with all that belongs on it, costs a fraction of one that is
 * drawn again for every answer.
 */
async function answers(): Promise<void> {
  model.layers.filter(({ id }) => model.isOn(id)).forEach((layer) => model.items(layer));
  model.shapes();
  while (model.busy) await new Promise((done) => model.addEventListener('change', done, { once: true }));
}

/**
 * Draws nothing until all is there, or for three seconds, and shows it once it is drawn: each frame on the way to the
 * whole picture, one for nearly every tile, costs as much as the whole; and a picture that is shown while it is still
 * being drawn makes the page wait, for most of a second where there is no graphics processor.
 */
async function drawWhole(map: MapLibre): Promise<void> {
  const { painter } = map;
  const { render } = painter;
  painter.render = (style) => {
    painter.style = style; // by which tiles are read
  };
  const { style } = map.getCanvas();
  style.visibility = 'hidden';
  await Promise.race([map.once('load'), new Promise((done) => setTimeout(done, 3000))]);
  painter.render = render;
  map.redraw();
  await finished(map.getCanvas().getContext('webgl2'));
  style.visibility = '';
}

/** Waits without blocking until the graphics processor has done what it was told, three seconds at most. */
async function finished(gl: WebGL2RenderingContext | null): Promise<void> {
  const fence = gl?.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (!gl || !fence) return;
  gl.flush();
  const end = performance.now() + 3000;
  while (!gl.isContextLost() && performance.now() < end && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) await new Promise((done) => setTimeout(done, 20));
  gl.deleteSync(fence);
}

@customElement('map-view')
export class MapView extends LitElement {
  map: MapLibre | undefined;
  private ready = false;
  private fitted = '';
  private flownTo = '';
  private waiting = 0;

  protected override createRenderRoot() {
    return this;
  }

  protected override render() {
    return html`<div id="map" role="region" aria-label=${t('map')}></div><canvas id="picture" aria-hidden="true"></canvas>`;
  }

  protected override async firstUpdated() {
    const [style] = await Promise.all([baseStyle(model.settings), answers()]);
    const { place } = model.view;
    const box = boundsOf(model.shapes().value ?? []);
    this.map = new maplibre.Map({
      container: this.querySelector<HTMLElement>('#map')!,
      style,
      ...(place ? { center: [place[2], place[1]], zoom: place[0] } : box ? { bounds: box, fitBoundsOptions: this.margins() } : { center: [105.85, 20], zoom: 9 }),
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      locale: { 'NavigationControl.ZoomIn': t('zoomIn'), 'NavigationControl.ZoomOut': t('zoomOut'), 'Map.Title': t('mapHelp') },
    });
    if (place || box) this.fitted = model.view.home;
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    const { basemap, basemap_style } = model.settings;
    if (basemap || basemap_style) this.map.addControl(new maplibre.AttributionControl({ compact: true }), 'bottom-left');
    this.map.addControl(new maplibre.ScaleControl({ maxWidth: 100 }), 'bottom-left');
    this.map.on('style.load', () => {
      this.ready = true;
      this.draw();
    });
    void drawWhole(this.map);
    this.map.on('error', ({ error }) => {
      console.warn('map', error);
      // A style from elsewhere that cannot be had: the data are shown all the same.
      if (typeof style === 'string' && !this.ready && !this.map!.style?.stylesheet) this.map!.setStyle(plain());
    });
    this.map.on('click', (event) => void this.clicked(event));
    this.map.on('mousemove', (event) => {
      this.map!.getCanvas().style.cursor = this.under(event).length ? 'pointer' : '';
    });
    this.map.on('moveend', (event) => {
      if ('keep' in event) return;
      const { lng, lat } = this.map!.getCenter();
      const place: [number, number, number] = [Number(this.map!.getZoom().toFixed(2)), Number(lat.toFixed(5)), Number(lng.toFixed(5))];
      model.change({ place });
    });
    model.addEventListener('change', () => this.drawSoon());
    dark.addEventListener('change', () => void this.restyle());
    addEventListener('beforeprint', () => this.picture());
  }

  /** Shows a place, or the whole of what is given. */
  show(features: Placeable[], keep = false): void {
    const bounds = boundsOf(features);
    if (!bounds || !this.map) return;
    this.map.fitBounds(bounds, { ...this.margins(), duration: calm.matches || keep ? 0 : 500 }, keep ? { keep } : {});
  }

  /** Around what is shown; on a wide map the legend stands to the right. */
  private margins() {
    const legend = this.clientWidth > 900 ? 250 : 0;
    return { padding: { top: 40, bottom: 40, left: 40, right: 40 + legend }, maxZoom: 16 };
  }

  showHome(): void {
    this.show(model.shapes().value ?? []);
  }

  /** At once when all is there; while answers come in one after the other, not for each. */
  private drawSoon(): void {
    clearTimeout(this.waiting);
    if (model.busy) this.waiting = window.setTimeout(() => this.draw(), 200);
    else this.draw();
  }

  private draw(): void {
    if (!this.map || !this.ready) return;
    drawUnits(this.map, model);
    drawRecords(this.map, model);
    const shapes = model.shapes().value;
    if (shapes?.length && this.fitted !== model.view.home) {
      this.fitted = model.view.home;
      this.show(shapes, true);
    }
    this.follow();
  }

  /** Brings a record that was chosen in a list, or the rows of a figure, into sight. */
  private follow(): void {
    const { selected, rows } = model.view;
    const wanted = `${selected} ${rows}`;
    if (wanted === this.flownTo) return;
    const record = model.record();
    const features = record.layer ? (record.value ? [record.value] : undefined) : rows ? model.rows().value?.features : [];
    if (!features) return;
    const first = this.flownTo === '' && model.view.place !== undefined;
    this.flownTo = wanted;
    const box = boundsOf(features);
    if (!box || first) return;
    const seen = this.map!.getBounds();
    if (seen.contains([box[0], box[1]]) && seen.contains([box[2], box[3]])) return;
    this.show(features);
  }

  private under({ point }: MapMouseEvent): MapGeoJSONFeature[] {
    if (!this.map || !this.ready) return [];
    const layers = [...clickable(this.map, model).keys(), UNIT_FILL].filter((id) => this.map!.getLayer(id));
    const near: [[number, number], [number, number]] = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]];
    return this.map.queryRenderedFeatures(near, { layers });
  }

  private async clicked(event: MapMouseEvent): Promise<void> {
    const found = this.under(event);
    const layers = clickable(this.map!, model);
    const record = found.find(({ layer, source }) => layers.has(layer.id) && !layers.get(layer.id)!.unitLevel && source !== 'units');
    if (record?.properties['cluster']) return this.open(record, layers.get(record.layer.id)!.id);
    if (record) return model.change({ selected: `${layers.get(record.layer.id)!.id}/${record.properties['id']}` });
    const [unit] = this.map!.queryRenderedFeatures(event.point, { layers: [UNIT_FILL] });
    if (unit) model.change({ selected: `unit/${unit.properties['code']}`, rows: '', tab: 'figures' });
  }

  /** Zooms into a cluster; lists what lies at one place. */
  private async open(cluster: MapGeoJSONFeature, layer: string): Promise<void> {
    const source = this.map!.getSource<GeoJSONSource>(cluster.source)!;
    const id = cluster.properties['cluster_id'] as number;
    const zoom = await source.getClusterExpansionZoom(id);
    const center = (cluster.geometry as GeoJSON.Point).coordinates as [number, number];
    if (zoom <= 18) return void this.map!.easeTo({ center, zoom, duration: calm.matches ? 0 : 500 });
    const leaves = await source.getClusterLeaves(id, 200, 0);
    this.dispatchEvent(new CustomEvent('gathered', { bubbles: true, detail: { layer, ids: leaves.map(({ properties }) => properties!['id']) } }));
  }

  /** Paper gets a copy of what is seen: WebGL keeps no picture after a frame. */
  private picture(): void {
    if (!this.map) return;
    const picture = this.querySelector<HTMLCanvasElement>('#picture')!;
    this.map.redraw();
    const seen = this.map.getCanvas();
    [picture.width, picture.height] = [seen.width, seen.height];
    picture.getContext('2d')!.drawImage(seen, 0, 0);
  }

  private async restyle(): Promise<void> {
    this.ready = false;
    this.map?.setStyle(await baseStyle(model.settings), { diff: false });
  }
}
