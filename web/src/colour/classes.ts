/** Classes of values for a shaded map, by their upper bounds. */
export type Classing = 'quantile' | 'equal' | 'jenks';

/** At most `count` classes, as inclusive upper bounds in rising order. The last bound is the greatest value. */
export function breaks(values: number[], count: number, classing: Classing): number[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const different = new Set(sorted).size;
  if (different <= count) return [...new Set(sorted)];
  const bounds = { quantile, equal, jenks }[classing](sorted, count);
  return [...new Set(bounds)];
}

/** The class of a value. */
export function classOf(value: number, bounds: number[]): number {
  const found = bounds.findIndex((bound) => value <= bound);
  return found < 0 ? bounds.length - 1 : found;
}

function quantile(sorted: number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / count) - 1]!);
}

function equal(sorted: number[], count: number): number[] {
  const least = sorted[0]!;
  const most = sorted[sorted.length - 1]!;
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? most : least + ((most - least) * (i + 1)) / count));
}

/** Fisher-Jenks: the classes with the least sum of squared deviations, by dynamic programming. */
function jenks(sorted: number[], count: number): number[] {
  const n = sorted.length;
  const sum = [0];
  const squares = [0];
  sorted.forEach((value, i) => {
    sum.push(sum[i]! + value);
    squares.push(squares[i]! + value * value);
  });
  const deviation = (from: number, to: number) => {
    const total = sum[to]! - sum[from]!;
    return squares[to]! - squares[from]! - (total * total) / (to - from);
  };
  let best = Array.from({ length: n + 1 }, (_, end) => (end ? deviation(0, end) : 0));
  const starts: number[][] = [];
  for (let classes = 2; classes <= count; classes++) {
    const next = new Array<number>(n + 1).fill(Infinity);
    const start = new Array<number>(n + 1).fill(0);
    for (let end = classes; end <= n; end++) {
      for (let from = classes - 1; from < end; from++) {
        const cost = best[from]! + deviation(from, end);
        if (cost < next[end]!) [next[end], start[end]] = [cost, from];
      }
    }
    best = next;
    starts.push(start);
  }
  const bounds = [sorted[n - 1]!];
  for (let classes = count, end = n; classes > 1; classes--) {
    end = starts[classes - 2]![end]!;
    bounds.unshift(sorted[end - 1]!);
  }
  return bounds;
}
