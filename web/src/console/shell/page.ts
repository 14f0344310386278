/** The base of the console's pages: elements without a shadow, which get the session and what their path says. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { Session } from './session';
import { t } from './texts';

export class Page extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** The parts of the path: `/console/:layer/:id` gives `layer` and `id`. */
  @property({ attribute: false }) parameters: Record<string, string> = {};
  /** The query of the address; change it with `setQuery`. */
  @property({ attribute: false }) query = new URLSearchParams();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Changes the query of the address, so that a link shows another person the same. Empty values are left out. */
  protected setQuery(part: Record<string, string | undefined>): void {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(part)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const text = query.toString();
    history.replaceState(history.state, '', location.pathname + (text && `?${text}`));
    this.query = query;
  }

  /** The window's title, such as the name of the record. */
  protected entitle(text: string): void {
    document.title = `${text} · ${t('console')}`;
  }
}
