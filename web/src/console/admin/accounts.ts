/** Accounts, grants, tokens and the trail, as the service gives them. */
import { get, query } from '../../api/get';
import type { Schemas } from '../../api/schemas';
import type { Layer } from '../../api/layers';

export type User = Schemas['User'];
export type Grant = Schemas['Grant'];
export type Token = Schemas['Token'];
export type AuditEvent = Schemas['AuditEvent'];
export type BrowserSession = Schemas['BrowserSession'];

interface Link {
  rel: string;
  href: string;
}

/** Reads a list to its end. */
export async function whole<T>(path: string, member: string, signal: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined = query(path, { limit: 1000 });
  while (next) {
    const page: Record<string, T[]> & { links: Link[] } = await get(next, signal);
    all.push(...(page[member] ?? []));
    const link: Link | undefined = page.links.find(({ rel }) => rel === 'next');
    next = link && new URL(link.href).pathname + new URL(link.href).search;
  }
  return all;
}

/** The operators that some layer knows. */
export function operators(layers: Layer[]) {
  const fields = layers.flatMap(({ fields }) => fields.filter(({ name }) => name === 'operator'));
  const all = fields.flatMap(({ values }) => values.map((choice) => [choice.value, choice.label] as const));
  return [...new Map(all)];
}

/** The layers whose records people write. */
export function keptLayers(layers: Layer[]): Layer[] {
  return layers.filter(({ unitLevel }) => !unitLevel || unitLevel === 'hamlet');
}
