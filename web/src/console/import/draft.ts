/** What was entered and is not at the service yet. It is kept in this browser, so that a closed tab loses nothing. */
import { createStore, del, get, set } from 'idb-keyval';
import type { Answers, Correction } from './plan';

/** Answers about a planned file. */
export interface Pending {
  mapping?: Record<string, string>;
  defaults?: Record<string, unknown>;
  values?: Answers;
  cells?: Correction[];
}

export interface Draft {
  pending: Pending;
  /** The steps that were left with “Next”. */
  seen: string[];
  /** Pairs that are two records: `sheet/row/id`. */
  different: string[];
}

/** A file that was chosen and has not arrived yet. */
export interface Unsent {
  file: File;
  collection: string;
  mode: 'upsert' | 'snapshot';
  organisation: string;
}

const store = createStore('hatang-imports', 'drafts');
const UNSENT = 'unsent';

/** A browser may refuse to keep anything, as in a private window: then a draft lasts as long as the page. */
const kept = async <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);

export const draftOf = (id: string) => kept(get<Draft>(id, store));
export const keepDraft = (id: string, draft: Draft) => kept(set(id, draft, store));
export const dropDraft = (id: string) => kept(del(id, store));
export const unsent = () => kept(get<Unsent>(UNSENT, store));
export const keepUnsent = (unsent: Unsent) => kept(set(UNSENT, unsent, store));
export const dropUnsent = () => kept(del(UNSENT, store));

const at = ({ sheet, row, field }: Correction) => `${sheet}/${row}/${field}`;

/** Both, of which the second was said later. */
export function merged(first: Pending, second: Pending): Pending {
  const values: Answers = { ...first.values };
  for (const [field, answers] of Object.entries(second.values ?? {})) values[field] = { ...values[field], ...answers };
  const cells = new Map([...(first.cells ?? []), ...(second.cells ?? [])].map((cell) => [at(cell), cell]));
  return {
    ...((first.mapping ?? second.mapping) && { mapping: { ...first.mapping, ...second.mapping } }),
    ...((first.defaults ?? second.defaults) && { defaults: { ...first.defaults, ...second.defaults } }),
    ...(Object.keys(values).length > 0 && { values }),
    ...(cells.size > 0 && { cells: [...cells.values()] }),
  };
}

export function isEmpty(pending: Pending): boolean {
  return Object.keys(pending).length === 0;
}
