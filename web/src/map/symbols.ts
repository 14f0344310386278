/** Symbols for points, drawn here so that no sprite is loaded: a picture on a disc, or else a shape, so that layers differ by more than colour. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Layer } from '../api/layers';

/** The width of an image, and how many pixels it has for each on the screen. */
const SIZE = 22;
const RATIO = 3;

/** Lines in a box of 22, by the name that a layer's description gives. */
const PICTURES: Record<string, string> = {
  camera: 'M6 8.500h7v5h-7zM13 10.500l3.500-2v5l-3.500-2',
  mast: 'M11 9v8M8.500 17l2.500-8 2.500 8M8 6a4.500 4.500 0 0 0 0 5M14 6a4.500 4.500 0 0 1 0 5',
  wifi: 'M6 10a7 7 0 0 1 10 0M8.300 12.500a3.800 3.800 0 0 1 5.400 0M11 15v.1',
  building: 'M7 16.500v-10h6v10M13 10.500h2.500v6M5.500 16.500h11M9.300 9.300h1.400M9.300 12.300h1.400',
  loudspeaker: 'M6 9.500v3h2.500l4 3v-9l-4 3zM14.500 9a3 3 0 0 1 0 4',
  village: 'M5.500 11.500l5.500-5 5.500 5M7 10.500v5.500h8v-5.500',
};

/** Regular polygons, for layers without a picture: corners, and the turn of the first in degrees. */
const SHAPES: [number, number][] = [
  [3, -90],
  [4, 0],
  [4, 45],
  [6, 0],
  [5, -90],
  [3, 90],
  [8, 22.5],
];

const DISC = 'M11 2a9 9 0 1 1 0 18a9 9 0 1 1 0-18Z';

/** The outline of a layer's symbol and the picture on it, as paths in a box of 22. */
export function outline({ symbol }: Layer, index: number): { ground: string; picture: string } {
  const picture = PICTURES[symbol?.name ?? ''];
  if (picture) return { ground: DISC, picture };
  const [count, turn] = SHAPES[index % SHAPES.length]!;
  const point = (i: number) => {
    const angle = ((turn + (i * 360) / count) * Math.PI) / 180;
    return `${(11 + 8.6 * Math.cos(angle)).toFixed(1)} ${(11 + 8.6 * Math.sin(angle)).toFixed(1)}`;
  };
  return { ground: `M${Array.from({ length: count }, (_, i) => point(i)).join('L')}Z`, picture: '' };
}

/** The name of the symbol's image. It is drawn on first use. */
export function sign(map: MapLibre, layer: Layer, index: number, colour: string, border: string): string {
  const name = `sign-${layer.symbol?.name ?? index}-${colour}-${border}`;
  const { ground, picture } = outline(layer, index);
  return image(map, name, SIZE, (context) => {
    const path = new Path2D(ground);
    context.lineJoin = context.lineCap = 'round';
    context.strokeStyle = border;
    context.lineWidth = 2.5;
    context.stroke(path);
    context.fillStyle = colour;
    context.fill(path);
    context.strokeStyle = '#ffffff';
    context.lineWidth = 1.5;
    context.stroke(new Path2D(picture));
  });
}

/** The radius of the image of a sector. */
export const SECTOR = 64;

/** The name of the image of a sector of some degrees that looks north. */
export function sector(map: MapLibre, degrees: number, colour: string): string {
  return image(map, `sector-${degrees}-${colour}`, 2 * SECTOR, (context) => {
    const half = (degrees / 2) * (Math.PI / 180);
    context.beginPath();
    context.moveTo(SECTOR, SECTOR);
    context.arc(SECTOR, SECTOR, SECTOR - 1, -Math.PI / 2 - half, -Math.PI / 2 + half);
    context.closePath();
    context.globalAlpha = 0.22;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 0.7;
    context.strokeStyle = colour;
    context.stroke();
  });
}

function image(map: MapLibre, name: string, size: number, draw: (context: CanvasRenderingContext2D) => void): string {
  if (map.hasImage(name)) return name;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * RATIO;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.scale(RATIO, RATIO);
  draw(context);
  map.addImage(name, context.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: RATIO });
  return name;
}
