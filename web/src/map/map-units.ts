/** The communes: their shading, borders and names. */
import type { Feature, Point } from 'geojson';
import { customElement } from 'lit/decorators.js';
import type { ExpressionSpecification, Map as MapLibre, VariableAnchorOffsetCollectionSpecification } from 'maplibre-gl';
import { COUNTRY, shapes, type UnitShape } from '../api/figures';
import { t } from '../texts';
import { communesAddress } from '../view/addresses';
import { property, written } from '../view/property';
import { Question } from '../view/question';
import { shading } from '../view/shading';
import { fonts, ink } from './base';
import { Drawing } from './drawing';
import { middle } from './places';
import { fill, place, RANK } from './style';

export const UNIT_FILL = 'units-fill';

/** From this zoom the map shows the records one by one, and no longer the figures of the communes. */
export const NEAR = 13;

/** Boundaries of the country are as fine as a map of it shows; from here on they would lie beside those of the tiles. */
const NEAR_OF_COUNTRY = 10;

/** Names leave the middle to the figure, whose letters are larger: they stand below it, or else above. */
const UNDER = ['top', [0, 1.4], 'bottom', [0, -1.4]] as VariableAnchorOffsetCollectionSpecification;

const BORDER: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 6, 0.3, 9, 0.8, 12, 1.2];

@customElement('map-units')
export class MapUnits extends Drawing {
  private shapes = new Question<UnitShape[]>(this, () => communesAddress(this.model), shapes);
  /** What was last drawn, so that the sources are filled only when that changes. */
  private stamp = '';

  protected override render() {
    return this.progress(this.shapes, t('boundaries'));
  }

  protected override draw(map: MapLibre): void {
    const isNew = !map.getSource('units');
    if (isNew && !this.shapes.shown) return;
    const shapes = this.shapes.shown ?? [];
    const drawn = this.shaded(shapes);
    const stamp = drawn.map(({ properties }) => Object.values(properties).join()).join();
    if (!isNew && this.stamp === stamp) return;
    this.stamp = stamp;
    fill(map, 'units', drawn);
    fill(map, 'unit-names', this.named(shapes));
    if (isNew) this.add(map);
    this.fade(map);
  }

  /** Shading and borders give way to what the tiles draw. */
  private fade(map: MapLibre): void {
    const isCountry = this.model.view.home.split('@')[0] === COUNTRY;
    const near = isCountry ? NEAR_OF_COUNTRY : NEAR;
    const { basemap, basemap_style } = this.model.settings;
    const most = (basemap ?? basemap_style) ? 0.75 : 1;
    map.setPaintProperty(UNIT_FILL, 'fill-opacity', ['interpolate', ['linear'], ['zoom'], near - 2, most, near, 0]);
    map.setLayerZoomRange('units-line', 0, near);
    if (map.getLayer('units-land')) map.setLayerZoomRange('units-land', 0, isCountry ? near : 24);
  }

  private shaded(shapes: UnitShape[]) {
    const { view } = this.model;
    const colours = shading(view, shapes);
    return shapes.map((shape) => {
      const code = String(shape.properties.code);
      const colour = colours?.colourOf(shape) ?? 'transparent';
      return { ...shape, properties: { code, colour, chosen: view.selected === `unit/${code}` } };
    });
  }

  /** A point for each commune, with its name and the figure that is chosen. */
  private named(shapes: UnitShape[]): Feature<Point>[] {
    const { view, definitions } = this.model;
    const shade = view.shade ? property(view.shade, definitions) : undefined;
    return shapes.flatMap(({ geometry, properties: { name, ...properties } }) => {
      const coordinates = middle(geometry);
      const value = shade && properties[shade.name];
      const said = typeof value === 'number' ? { value, figure: written(value, shade!) } : { value: -1, figure: '' };
      return coordinates ? [{ type: 'Feature', geometry: { type: 'Point', coordinates }, properties: { name, ...said } }] : [];
    });
  }

  private add(map: MapLibre): void {
    const { basemap, basemap_style } = this.model.settings;
    const hasBase = Boolean(basemap ?? basemap_style);
    const { land, line, text, halo } = ink();
    if (!hasBase) place(map, RANK.units, { id: 'units-land', type: 'fill', source: 'units', paint: { 'fill-color': land } });
    place(map, RANK.units, {
      id: UNIT_FILL,
      type: 'fill',
      source: 'units',
      paint: { 'fill-color': ['get', 'colour'] },
    });
    place(map, RANK.units, {
      id: 'units-line',
      type: 'line',
      source: 'units',
      paint: { 'line-color': line, 'line-width': BORDER },
    });
    place(map, RANK.units, {
      id: 'units-chosen',
      type: 'line',
      source: 'units',
      filter: ['get', 'chosen'],
      paint: { 'line-color': text, 'line-width': 3 },
    });
    const paint = { 'text-color': text, 'text-halo-color': halo, 'text-halo-width': 1.6 };
    // The greatest figures are placed first, then names where there is room.
    place(map, RANK.names, {
      id: 'unit-names',
      type: 'symbol',
      source: 'unit-names',
      maxzoom: NEAR,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': fonts(map),
        'text-size': ['interpolate', ['linear'], ['zoom'], 8, 10, 11, 12, 15, 16],
        'text-max-width': 9,
        'text-padding': 1,
        'text-variable-anchor-offset': UNDER,
        'symbol-sort-key': ['-', ['get', 'value']],
      },
      paint,
    });
    place(map, RANK.names, {
      id: 'unit-figures',
      type: 'symbol',
      source: 'unit-names',
      maxzoom: NEAR,
      layout: {
        'text-field': ['get', 'figure'],
        'text-font': fonts(map, 'bold'),
        'text-size': ['interpolate', ['linear'], ['zoom'], 6, 11, 11, 16],
        'text-padding': 0,
        'symbol-sort-key': ['-', ['get', 'value']],
      },
      paint,
    });
  }
}
