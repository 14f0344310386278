/** Requests that write. Reads go through `get`. */
import { language, t } from '../texts';
import { ApiError, API, failed } from './get';

export interface Sent<T> {
  status: number;
  body: T;
  /** The version of the record, for `ifMatch` of the next write. */
  etag: string | undefined;
  location: string | undefined;
}

export interface Write {
  /** An object is sent as JSON; a file or form as it is. */
  body?: unknown;
  contentType?: string;
  ifMatch?: string | undefined;
  /** The same write sent twice with one key is done once. */
  idempotencyKey?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** What the shell does when the service asks who is writing. */
export const ask = {
  /** The page's proof that a write is its own; from `/auth/me`. */
  csrf: '',
  /** The session has ended: resolves when somebody signed in again, or to false. */
  signIn: (): Promise<boolean> => Promise.resolve(false),
  /** The password must be given again: resolves when it was, or to false. */
  confirm: (): Promise<boolean> => Promise.resolve(false),
};

/**
 * Sends a write to `path` below the API. When the session ended or a password is asked for again, the shell asks for it and the
 * write is sent once more. Throws an `ApiError`: `status` 0 without an answer, `problem.errors` with a pointer to each field.
 */
export async function send<T = unknown>(method: string, path: string, write: Write = {}): Promise<Sent<T>> {
  const response = await request(method, path, write);
  if (response.ok) return answer<T>(response);
  const error = await failed(response);
  const again =
    error.status === 401 ? await ask.signIn() : error.problem.errors?.some(({ code }) => code === 'auth.confirm') && (await ask.confirm());
  if (!again) throw error;
  const second = await request(method, path, write);
  if (second.ok) return answer<T>(second);
  throw await failed(second);
}

async function request(
  method: string,
  path: string,
  { body, contentType, ifMatch, idempotencyKey, headers, signal }: Write,
): Promise<Response> {
  const isRaw = body instanceof Blob || body instanceof FormData || body instanceof ArrayBuffer;
  const sent: Record<string, string> = { Accept: 'application/json, */*;q=0.5', 'Accept-Language': language(), 'X-CSRF-Token': ask.csrf };
  if (body !== undefined && !(body instanceof FormData)) sent['Content-Type'] = contentType ?? 'application/json';
  if (ifMatch) sent['If-Match'] = ifMatch;
  if (idempotencyKey) sent['Idempotency-Key'] = idempotencyKey;
  const url = path.startsWith(API) ? path : API + path;
  const init = { method, headers: { ...sent, ...headers }, body: isRaw ? body : ((JSON.stringify(body) as string | undefined) ?? null) };
  return fetch(url, { ...init, signal: signal ?? null }).catch((error: unknown) => {
    throw signal?.aborted ? error : new ApiError(0, t('offline'));
  });
}

async function answer<T>(response: Response): Promise<Sent<T>> {
  const isJson = response.headers.get('Content-Type')?.includes('json');
  return {
    status: response.status,
    body: (isJson ? await response.json() : undefined) as T,
    etag: response.headers.get('ETag') ?? undefined,
    location: response.headers.get('Location') ?? undefined,
  };
}
