/** Searches every layer at once. Units are those of the day shown, and of today. */
import { get, query } from '../api/get';
import { nameOf, type Item, type ItemPage } from '../api/items';
import type { Layer } from '../api/layers';
import { folded } from '../texts';
import { today } from './address';

/** What is searched: which layers, in which unit, on which day. */
export interface Where {
  layers: Layer[];
  within?: string;
  asOf?: string;
  unitsOn?: string;
}

export interface Hit {
  item: Item;
  layer: Layer;
  /** The day of which it is, if one was asked for. */
  day?: string;
}

const TYPING_MS = 250;
/** After this time the hits so far are shown. Late layers add theirs. */
const LATE_MS = 1500;
const MOST_OF_LAYER = 6;
const MOST = 30;

/** Passes the hits to `tell`: when all layers have answered, or earlier if one is late. Fails if none answers. */
export async function search(where: Where, text: string, signal: AbortSignal, tell: (hits: Hit[]) => void): Promise<void> {
  if (!text) return;
  await pause(TYPING_MS);
  if (signal.aborted) return;
  const found: Hit[][] = [];
  const tellAll = () => tell(sorted(found.flat(), text));
  const late = setTimeout(() => !signal.aborted && found.flat().length && tellAll(), LATE_MS);
  const asked = where.layers.flatMap((layer) => daysOf(where, layer).map((day) => [layer, day] as const));
  const coming = asked.map(async ([layer, day], i) => (found[i] = await searchLayer(where, layer, day, text, signal)));
  const answers = await Promise.allSettled(coming);
  clearTimeout(late);
  if (signal.aborted) return;
  const failed = answers.filter((answer) => answer.status === 'rejected');
  if (failed.length && failed.length === answers.length) throw failed[0]!.reason;
  tellAll();
}

/** The list of units changes: a reader of an old report also looks for units of today. */
function daysOf({ asOf, unitsOn }: Where, { unitLevel }: Layer): (string | undefined)[] {
  return unitLevel && unitsOn ? [...new Set([unitsOn, today()])] : [unitLevel ? undefined : asOf];
}

async function searchLayer({ within }: Where, layer: Layer, day: string | undefined, text: string, signal: AbortSignal): Promise<Hit[]> {
  // Units are searched by name, or else found by their code.
  const asked = layer.unitLevel && /^\d+$/.test(text) ? { code: text } : { q: text };
  const address = query(`/collections/${layer.id}/items`, { ...asked, within, as_of: day, skipGeometry: 'true', limit: MOST_OF_LAYER });
  const { features } = await get<ItemPage>(address, signal);
  return features.map((item) => ({ item, layer, ...(day && { day }) }));
}

/** First names that begin with the text, or contain it, then units from the top down, then the order of the layers. A unit that lasts is there once. */
function sorted(found: Hit[], text: string): Hit[] {
  const seen = new Set<string>();
  const once = found.filter(({ item, layer }) => {
    const key = `${layer.id}/${item.id}`;
    return !seen.has(key) && seen.add(key);
  });
  const wanted = folded(text);
  const distance = ({ item, layer }: Hit) => {
    const name = folded(nameOf(item));
    const own = layer.unitLevel ? name.replace(/^(tinh|thanh pho|huyen|quan|thi xa|thi tran|xa|phuong) /, '') : name;
    return name === wanted || own === wanted || item.properties.code === text
      ? 0
      : own.startsWith(wanted) || name.startsWith(wanted)
        ? 1
        : name.includes(wanted)
          ? 2
          : 3;
  };
  const levels = ['province', 'district', 'commune', undefined];
  const level = ({ layer }: Hit) => levels.indexOf(layer.unitLevel);
  return once.sort((a, b) => distance(a) - distance(b) || level(a) - level(b)).slice(0, MOST);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
