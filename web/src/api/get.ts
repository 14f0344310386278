/** Requests to the service. */
import { language, t } from '../texts';
import type { Schemas } from './schemas';

export const API = '/api/v1';

export type Problem = Partial<Schemas['Problem']>;

/** A failed request. Status 0: the service did not answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problem: Problem = {},
  ) {
    super(message);
  }
}

/** Gets JSON from the service. An error has the text of its problem document. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const headers = { Accept: 'application/json', 'Accept-Language': language() };
  // The page shows what is, as soon as the feed says that it changed: a copy of some seconds ago is asked for again.
  const response = await fetch(path, { headers, signal: signal ?? null, cache: 'no-cache' }).catch((error: unknown) => {
    throw signal?.aborted ? error : new ApiError(0, t('offline'));
  });
  if (response.ok) return (await response.json()) as T;
  throw await failed(response);
}

/** The error that a response stands for. */
export async function failed(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  return new ApiError(response.status, problem.detail ?? problem.title ?? t('serverError', { status: response.status }), problem);
}

export function query(path: string, parameters: Record<string, string | number | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replace(/%40/g, '@').replace(/%2C/g, ',')}`);
  return text.length ? `${API}${path}?${text.join('&')}` : `${API}${path}`;
}

/** Changes an absolute link of the API to the host that the page came from. */
export function local(href: string): string {
  const url = new URL(href, location.href);
  return url.pathname + url.search;
}
