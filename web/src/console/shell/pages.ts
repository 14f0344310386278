/** The pages of the console: add a line, and its title to `texts.ts`. */
import type { IconName } from './icons';
import type { Session } from './session';
import type { TextKey } from './texts';

export interface PageEntry {
  /** Below `/console`. A part that begins with `:` is a parameter of the page. */
  path: string;
  /** The element. */
  tag: string;
  title: TextKey;
  load: () => Promise<unknown>;
  /** Who is shown the page. Default: whoever is signed in. */
  allows?: (session: Session) => boolean;
  /** The path of the page in the rail to which it belongs, if its own does not begin with it. */
  within?: string;
  /** Its icon in the rail, if it has a place there. */
  icon?: IconName;
}

const administers = ({ administers }: Session) => administers;

export const PAGES: PageEntry[] = [
  { path: '', tag: 'start-page', title: 'start', load: () => import('../start/start-page'), icon: 'home' },
  { path: 'list', tag: 'list-page', title: 'list', load: () => import('../list/list-page'), icon: 'list' },
  { path: 'import', tag: 'import-page', title: 'import', load: () => import('../import/import-page'), allows: edits, icon: 'import' },
  { path: 'import/:id', tag: 'import-page', title: 'import', load: () => import('../import/import-page') },
  { path: 'todo', tag: 'todo-page', title: 'todo', load: () => import('../todo/todo-page'), allows: edits, icon: 'todo' },
  { path: 'figures', tag: 'figures-page', title: 'figures', load: () => import('../figures/figures-page'), icon: 'figures' },
  { path: 'admin', tag: 'admin-page', title: 'admin', load: () => import('../admin/admin-page'), allows: administers, icon: 'admin' },
  { path: 'admin/users/:user', tag: 'user-page', title: 'admin', load: () => import('../admin/user-page'), allows: administers },
  { path: 'admin/audit', tag: 'audit-page', title: 'admin', load: () => import('../admin/audit-page'), allows: administers },
  { path: 'own', tag: 'own-page', title: 'own', load: () => import('../admin/own-page') },
  { path: ':layer', tag: 'list-page', title: 'list', load: () => import('../list/list-page'), within: 'list' },
  { path: ':layer/new', tag: 'register-page', title: 'register', load: () => import('../register/register-page'), allows: edits },
  { path: ':layer/:id', tag: 'record-page', title: 'record', load: () => import('../record/record-page') },
];

function edits(session: Session): boolean {
  return session.edits;
}

export interface Place {
  entry: PageEntry;
  parameters: Record<string, string>;
}

/** The page of a path such as `/console/{layer}/12`. A fixed part goes before a parameter. */
export function pageAt(pathname: string, pages: PageEntry[] = PAGES): Place | undefined {
  const parts = pathname.split('/').slice(2).filter(Boolean);
  const fits = pages.flatMap((entry) => {
    const parameters = match(entry.path, parts);
    return parameters ? [{ entry, parameters }] : [];
  });
  return fits.sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)[0];
}

function match(path: string, parts: string[]): Record<string, string> | undefined {
  const wanted = path.split('/').filter(Boolean);
  if (wanted.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, name] of wanted.entries()) {
    const part = parts[i]!;
    if (name.startsWith(':')) parameters[name.slice(1)] = decoded(part);
    else if (name !== part) return undefined;
  }
  return parameters;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
