/** The days between which a reader steps through time: those of published figures, and the ends of years. */
import { query } from '../api/get';
import type { Answer } from '../api/schemas';
import { COUNTRY } from '../api/figures';
import { today } from './address';
import type { Model } from './model';

/** How many ends of years, when nothing was published. */
const YEARS = 10;

export type Baselines = Answer<'/baselines'>;

/** The figures published of the home; of the country as a whole none are. */
export function baselinesAddress({ view }: Model): string | undefined {
  const [code = ''] = view.home.split('@');
  return code === COUNTRY ? undefined : query('/baselines', { unit: view.home, limit: 1000 });
}

/** The report days before and after a day. */
export function around(day: string, home: string, published: Baselines | undefined): { before?: string; after?: string } {
  const now = today();
  const year = Number(now.slice(0, 4));
  const ends = Array.from({ length: YEARS }, (_, i) => `${year - YEARS + i}-12-31`);
  const stated = published?.baselines.map(({ on }) => on) ?? [];
  const days = [...ends, ...stated, home.split('@')[1] ?? now, now].filter((one) => one <= now).sort();
  const [before, after] = [days.filter((one) => one < day).pop(), days.find((one) => one > day)];
  return { ...(before && { before }), ...(after && { after }) };
}
