/** The base map: nothing, a local PMTiles file, or a style from another host. */
import maplibre, { type LayerSpecification, type Map as MapLibre, type StyleSpecification } from 'maplibre-gl';
import { theme } from '../colour/palette';
import type { Settings } from '../view/model';

/** The page loads no fonts: without `glyphs` MapLibre draws text with the fonts of the reader's machine. The first name says the weight. */
const FONTS = { regular: 'Noto Sans', bold: 'Noto Sans Bold' };
const OTHERS = ['Noto Sans', 'Roboto', 'Segoe UI', 'Helvetica Neue', 'Arial', 'sans-serif'];

/** A style that brings its own glyphs has only its own fonts. */
export function fonts(map: MapLibre, weight: keyof typeof FONTS = 'regular'): string[] {
  const { glyphs, layers } = map.getStyle();
  if (!glyphs) return [FONTS[weight], ...OTHERS];
  // As `unknown`: the linter unfolds the type of expressions without end.
  const written = layers.map((layer): unknown => (layer.layout as Record<string, unknown> | undefined)?.['text-font']);
  const lists = written.filter((font) => Array.isArray(font) && font.every((name) => typeof name === 'string' && name !== 'literal'));
  const bold = weight === 'bold' ? lists.find((font) => /bold|medium/i.test(String(font))) : undefined;
  return (bold ?? lists[0] ?? ['Noto Sans Regular']) as string[];
}

export function ink() {
  return theme() === 'dark'
    ? {
        ground: '#10151a',
        around: '#171d21',
        land: '#1c2327',
        line: '#55646c',
        text: '#e8eef1',
        halo: '#14191c',
        water: '#1b2a33',
        road: '#39454b',
      }
    : {
        ground: '#e3e9ec',
        around: '#f2f4f5',
        land: '#ffffff',
        line: '#8a9aa2',
        text: '#20303a',
        halo: '#ffffff',
        water: '#cfe3ec',
        road: '#d5dadd',
      };
}

/** The style of the base map. If it cannot be loaded, the data are shown without it. */
export async function baseStyle({ basemap, basemap_style }: Settings): Promise<StyleSpecification> {
  try {
    if (basemap_style) return await elsewhere(basemap_style);
    if (basemap) return await withTiles(plain(), new URL(basemap, location.href).href);
  } catch (error) {
    console.warn('the base map cannot be read', error);
  }
  return plain();
}

async function elsewhere(address: string): Promise<StyleSpecification> {
  const response = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()) as StyleSpecification;
}

/** A style with only a background. */
export function plain(): StyleSpecification {
  return { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': ink().ground } }] };
}

/** Adds a raster file as it is. A vector file of Protomaps gets their look, of any other every layer is drawn in quiet greys. */
async function withTiles(style: StyleSpecification, url: string): Promise<StyleSpecification> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles');
  const file = new PMTiles(url);
  const protocol = new Protocol();
  protocol.add(file);
  maplibre.removeProtocol('pmtiles');
  maplibre.addProtocol('pmtiles', protocol.tile);
  const [header, metadata] = await Promise.all([file.getHeader(), file.getMetadata()]);
  const { attribution, vector_layers } = metadata as { attribution?: string; vector_layers?: { id: string }[] };
  const source = { url: `pmtiles://${url}`, attribution: attribution ?? '' };
  if (header.tileType !== TileType.Mvt) {
    style.sources.base = { type: 'raster', tileSize: 256, ...source };
    style.layers.push({ id: 'base', type: 'raster', source: 'base', paint: { 'raster-saturation': -0.6, 'raster-opacity': 0.7 } });
    return style;
  }
  style.sources.base = { type: 'vector', ...source };
  const names = (vector_layers ?? []).map(({ id }) => id);
  const { isOfProtomaps, protomaps } = await import('./protomaps');
  if (isOfProtomaps(names)) style.layers = protomaps('base');
  else style.layers.push(...names.flatMap(quiet));
  return style;
}

function quiet(layer: string): LayerSpecification[] {
  const { land, water, road } = ink();
  const common = { source: 'base', 'source-layer': layer } as const;
  const fill = /water|ocean|lake|river/.test(layer) ? water : land;
  return [
    { id: `${layer}-fill`, type: 'fill', ...common, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': fill } },
    { id: `${layer}-line`, type: 'line', ...common, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': road } },
  ];
}
