/** Addresses of the console. Links are plain `<a href="/console/…">`; the router opens them without loading the document again. */

const CHANGED = 'console-address';

/** Opens a page of the console. */
export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  dispatchEvent(new Event(CHANGED));
}

/** Calls `changed` whenever the address leads to another page, until the returned function is called. */
export function follow(changed: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener('popstate', changed, { signal });
  addEventListener(CHANGED, changed, { signal });
  addEventListener('click', open, { signal });
  return () => stop.abort();
}

function open(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.pathname !== '/console' && !link.pathname.startsWith('/console/')) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}
