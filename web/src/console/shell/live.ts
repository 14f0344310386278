/** The changes of others as they happen: one stream for the whole tab, open while somebody looks at it and listens. */
import { API } from '../../api/get';

export interface Change {
  collection: string;
  id: number;
  op: 'create' | 'update' | 'delete';
  version: number;
}

/** What listeners are told at once; `undefined`: anything may have changed, since nobody listened for a while. */
export type Changes = Change[] | undefined;

type Listener = (changes: Changes) => void;

/** Changes that come together, such as those of an import, are told together. */
const TOGETHER_MS = 150;

const listeners = new Set<Listener>();
let stream: EventSource | undefined;
let gathered: Change[] = [];
let timer = 0;
/** Whether the stream was closed after listeners had read what they show. */
let isBehind = false;

/** Calls `changed` for the changes of any layer, until the returned function is called. */
export function listen(changed: Listener): () => void {
  listeners.add(changed);
  follow();
  return () => {
    listeners.delete(changed);
    if (!listeners.size) close();
  };
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') follow();
  else if (stream) {
    // A browser opens only six connections to one host: hidden tabs must not hold them.
    close();
    isBehind = true;
  }
});

function follow(): void {
  if (stream || !listeners.size || document.visibilityState !== 'visible') return;
  stream = new EventSource(`${API}/changes/stream?after=latest`);
  stream.addEventListener('scope', () => {
    if (isBehind) tell(undefined);
    isBehind = false;
  });
  stream.addEventListener('change', (event: MessageEvent<string>) => gather(JSON.parse(event.data) as Change));
  stream.addEventListener('end', close);
  stream.addEventListener('error', () => {
    // It reconnects by itself, unless the service refused it.
    if (stream?.readyState !== EventSource.CLOSED) return;
    close();
    isBehind = true;
    setTimeout(follow, 5000);
  });
}

function close(): void {
  stream?.close();
  stream = undefined;
}

function gather(change: Change): void {
  gathered.push(change);
  timer ||= window.setTimeout(() => {
    const all = gathered;
    gathered = [];
    timer = 0;
    tell(all);
  }, TOGETHER_MS);
}

function tell(changes: Changes): void {
  for (const listener of listeners) listener(changes);
}
