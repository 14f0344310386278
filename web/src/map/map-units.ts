/** The communes: their shading, borders and names. */
import type { Feature, Point } from 'geojson';
import { customElement } from 'lit/decorators.js';
import type { Map as MapLibre, VariableAnchorOffsetCollectionSpecification } from 'maplibre-gl';
import { shapes, type UnitShape } from '../api/figures';
import { t } from '../texts';
import { communesAddress } from '../view/addresses';
import { Question } from '../view/question';
import { shading } from '../view/shading';
import { fonts, ink } from './base';
import { Drawing } from './drawing';
import { centroid, polygons } from './places';
import { fill, place, RANK } from './style';

export const UNIT_FILL = 'units-fill';

/** Where a name may be: in the middle, otherwise above or below, further and further away. */
const ROOM = [
  'center',
  [0, 0],
  'bottom',
  [0, -0.8],
  'top',
  [0, 0.8],
  'bottom',
  [0, -2],
  'top',
  [0, 2],
  'left',
  [0.8, 0],
  'right',
  [-0.8, 0],
] as VariableAnchorOffsetCollectionSpecification;

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
    fill(map, 'unit-names', shapes.flatMap(name));
    if (isNew) this.add(map);
  }

  private shaded(shapes: UnitShape[]) {
    const { view } = this.model;
    const colours = shading(view, shapes);
    return shapes.map((shape) => {
      const code = String(shape.properties.code);
      const properties = { code, colour: colours?.colourOf(shape) ?? ink().land, chosen: view.selected === `unit/${code}` };
      return { ...shape, properties };
    });
  }

  private add(map: MapLibre): void {
    const { basemap, basemap_style } = this.model.settings;
    const { line, text, halo } = ink();
    place(map, RANK.units, {
      id: UNIT_FILL,
      type: 'fill',
      source: 'units',
      paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': basemap || basemap_style ? 0.75 : 1 },
    });
    place(map, RANK.units, { id: 'units-line', type: 'line', source: 'units', paint: { 'line-color': line, 'line-width': 1 } });
    place(map, RANK.units, {
      id: 'units-chosen',
      type: 'line',
      source: 'units',
      filter: ['get', 'chosen'],
      paint: { 'line-color': text, 'line-width': 3 },
    });
    place(map, RANK.units, {
      id: 'unit-names',
      type: 'symbol',
      source: 'unit-names',
      layout: {
        'text-field': ['get', 'name'],
        'text-font': fonts(map),
        'text-size': ['interpolate', ['linear'], ['zoom'], 10, 11, 14, 15],
        'text-max-width': 12,
        'text-padding': 0,
        // Names stay clear of symbols where there is room.
        'text-variable-anchor-offset': ROOM,
        'text-allow-overlap': ['step', ['zoom'], false, 11, true],
      },
      paint: { 'text-color': text, 'text-halo-color': halo, 'text-halo-width': 1.6 },
    });
  }
}

/** A point for the name, at the centroid of the largest polygon. */
function name({ geometry, properties }: UnitShape): Feature<Point>[] {
  const measured = polygons(geometry).map(([ring]) => centroid(ring!));
  const [greatest] = measured.sort((a, b) => b.area - a.area);
  return greatest
    ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: greatest.at }, properties: { name: properties.name } }]
    : [];
}
