/** Searches every layer at once. */
import { get, query } from '../api/get';
import { nameOf, type Item, type ItemPage } from '../api/items';
import type { Layer } from '../api/layers';
import { folded } from '../texts';

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
  const asked = where.layers.map(async (layer, i) => (found[i] = await searchLayer(where, layer, text, signal)));
  const answers = await Promise.allSettled(asked);
  clearTimeout(late);
  if (signal.aborted) return;
  const failed = answers.filter((answer) => answer.status === 'rejected');
  if (failed.length && failed.length === answers.length) throw failed[0]!.reason;
  tellAll();
}

async function searchLayer({ within, asOf, unitsOn }: Where, layer: Layer, q: string, signal: AbortSignal): Promise<Hit[]> {
  const as_of = layer.unitLevel ? unitsOn : asOf;
  const address = query(`/collections/${layer.id}/items`, { q, within, as_of, limit: MOST_OF_LAYER });
  const { features } = await get<ItemPage>(address, signal);
  return features.map((item) => ({ item, layer }));
}

/** First names that contain the text, then units, then the order of the layers. */
function sorted(found: Hit[], text: string): Hit[] {
  const isOther = ({ item }: Hit) => Number(!folded(nameOf(item)).includes(folded(text)));
  const isRecord = ({ layer }: Hit) => Number(!layer.unitLevel);
  return found.sort((a, b) => isOther(a) - isOther(b) || isRecord(a) - isRecord(b)).slice(0, MOST);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
