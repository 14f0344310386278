/**
 * Writes that did not reach the service. They are kept in the browser, with the key by which the service does each once, and sent again
 * when there is a connection.
 */
import { createStore, del, entries, set } from 'idb-keyval';
import { ApiError } from '../../api/get';
import { send, type Sent } from '../../api/send';
import type { Session } from '../shell/session';

export interface Work {
  /** The idempotency key. */
  key: string;
  account: number;
  method: string;
  path: string;
  body: unknown;
  contentType?: string;
  ifMatch?: string | undefined;
  /** What it is, for its author. */
  title: string;
  /** Where it can be corrected if the service refuses it. */
  page: string;
  /** Why the service refused it. */
  refused?: string;
}

const works = createStore('hatang-outbox', 'works');
const changed = new EventTarget();
/** The writes that a form of this tab is sending just now. */
const underway = new Set<string>();
const AGAIN_MS = 30_000;
/** The service did not do it, and may do it later. */
const LATER = new Set([0, 401, 408, 429, 502, 503, 504]);

/** A key by which the service does a write once. Pages that are not served by TLS have no `randomUUID`. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Sends a write, which is kept until the service has answered. Resolves to undefined if it could not be sent now. Throws what the
 * service refuses; the form still has it.
 */
export async function deliver<T>(work: Work): Promise<Sent<T> | undefined> {
  underway.add(work.key);
  await keep(work);
  try {
    const sent = await attempt<T>(work);
    await drop(work);
    return sent;
  } catch (error) {
    if (isForLater(error)) return undefined;
    await drop(work);
    throw error;
  } finally {
    underway.delete(work.key);
    changed.dispatchEvent(new Event('change'));
  }
}

/** Whether the service may still do a write: it did not answer, or another tab is sending the same. */
function isForLater(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return LATER.has(error.status) || Boolean(error.problem.errors?.some(({ code }) => code === 'idempotency.running'));
}

/** The kept writes of an account. */
export async function kept(session: Session): Promise<Work[]> {
  const all = await entries<string, Work>(works).catch(() => []);
  return all.map(([, work]) => work).filter(({ account, key }) => account === session.me.account.id && !underway.has(key));
}

/** Sends the kept writes again; `sent` hears of each that was done. */
export async function sendKept(session: Session, sent: (work: Work) => void): Promise<void> {
  for (const work of (await kept(session)).filter(({ refused }) => !refused)) {
    try {
      await attempt(work);
      await drop(work);
      sent(work);
    } catch (error) {
      if (isForLater(error)) return;
      if (!(error instanceof ApiError)) throw error;
      await keep({ ...work, refused: error.message });
    }
  }
}

/** Removes a write that was corrected or given up. */
export async function drop({ key }: Work): Promise<void> {
  await del(key, works).catch(() => undefined);
  changed.dispatchEvent(new Event('change'));
}

/** Calls `again` when the kept writes changed, when the connection is back, and every half a minute. */
export function watch(again: () => void, signal: AbortSignal): void {
  changed.addEventListener('change', again, { signal });
  addEventListener('online', again, { signal });
  const timer = setInterval(again, AGAIN_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

async function keep(work: Work): Promise<void> {
  await set(work.key, work, works).catch(() => undefined);
  changed.dispatchEvent(new Event('change'));
}

function attempt<T>({ method, path, body, contentType, ifMatch, key }: Work): Promise<Sent<T>> {
  return send<T>(method, path, { body, ...(contentType ? { contentType } : {}), ifMatch, idempotencyKey: key });
}
