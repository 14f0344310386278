/** Symbols for points: one shape for each layer, so that layers differ by more than colour. They are drawn here; no sprite is loaded. */
import type { Map as MapLibre } from 'maplibre-gl';

const SIZE = 22;
const RATIO = 3;

type Shape = (draw: Path2D, middle: number, radius: number) => void;

const corners =
  (count: number, turn: number): Shape =>
  (draw, middle, radius) => {
    for (let i = 0; i < count; i++) {
      const angle = turn + (i * 2 * Math.PI) / count;
      const [x, y] = [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)];
      if (i) draw.lineTo(x, y);
      else draw.moveTo(x, y);
    }
    draw.closePath();
  };

const SHAPES: Shape[] = [
  (draw, middle, radius) => draw.arc(middle, middle, radius * 0.86, 0, 7),
  corners(3, -Math.PI / 2),
  corners(4, 0),
  corners(4, Math.PI / 4),
  corners(6, 0),
  corners(5, -Math.PI / 2),
  corners(3, Math.PI / 2),
  corners(8, Math.PI / 8),
];

/** The outline of the symbol within a box of 22, for the legend. */
export function outline(index: number): string {
  const shape = index % SHAPES.length;
  const [count, turn] = [
    [0, 0],
    [3, -90],
    [4, 0],
    [4, 45],
    [6, 0],
    [5, -90],
    [3, 90],
    [8, 22.5],
  ][shape] as [number, number];
  if (!count) return 'M11 3.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15Z';
  const point = (i: number) => {
    const angle = ((turn + (i * 360) / count) * Math.PI) / 180;
    return `${(11 + 8.6 * Math.cos(angle)).toFixed(1)} ${(11 + 8.6 * Math.sin(angle)).toFixed(1)}`;
  };
  return `M${Array.from({ length: count }, (_, i) => point(i)).join('L')}Z`;
}

/** The name of the symbol's image. It is drawn on first use. */
export function sign(map: MapLibre, index: number, colour: string, border: string): string {
  const name = `sign-${index % SHAPES.length}-${colour}-${border}`;
  if (map.hasImage(name)) return name;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE * RATIO;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.scale(RATIO, RATIO);
  const path = new Path2D();
  SHAPES[index % SHAPES.length]!(path, SIZE / 2, SIZE / 2 - 2.4);
  context.lineJoin = 'round';
  context.strokeStyle = border;
  context.lineWidth = 3;
  context.stroke(path);
  context.fillStyle = colour;
  context.fill(path);
  map.addImage(name, context.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: RATIO });
  return name;
}
