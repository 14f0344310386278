/** What was typed and not yet saved, kept in the browser: a tab that is closed or killed loses nothing. By account: a machine has several users. */
import { createStore, del, get, set } from 'idb-keyval';
import type { Session } from '../shell/session';

const drafts = createStore('hatang-drafts', 'drafts');

export class Draft<T> {
  private readonly key: string;

  /** `what` names the form: `{layer}/new`. */
  constructor(session: Session, what: string) {
    this.key = `${session.me.account.id}:${what}`;
  }

  /** A browser without storage, such as a private window, keeps no drafts. */
  read(): Promise<T | undefined> {
    return get<T>(this.key, drafts).catch(() => undefined);
  }

  keep(content: T): void {
    set(this.key, content, drafts).catch(() => undefined);
  }

  forget(): void {
    del(this.key, drafts).catch(() => undefined);
  }
}
