/** The frame of the console: top bar, rail, and the page of the address. */
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { html as unsafeTag, unsafeStatic } from 'lit/static-html.js';
import { ApiError } from '../../api/get';
import { ask } from '../../api/send';
import { language, speak, type Language } from '../../texts';
import { failure, waiting } from '../../parts/part';
import { today } from '../../view/address';
import type { Hit } from '../../view/search';
import { askByDialogs } from './credentials';
import { icon } from './icons';
import { PAGES, pageAt, type PageEntry, type Place } from './pages';
import { follow, go } from './router';
import { loadSession, signInAddress, type Session, type WorkUnit } from './session';
import { t } from './texts';
import '../form/outbox-bar';
import './toasts';
import './top-search';
import './unit-picker';
import './user-menu';
import './console-app.css';

const LANGUAGE = 'hatang.language';

@customElement('console-app')
export class ConsoleApp extends LitElement {
  @state() private session: Session | undefined;
  @state() private place: Place | undefined;
  /** Whether the code of the page is here, or why it is not. */
  @state() private page: 'coming' | 'here' | 'unknown' | 'refused' | Error = 'coming';
  @state() private query = new URLSearchParams();
  private stop: () => void = () => undefined;
  private opened = 0;
  /** How often another unit was chosen. */
  private turns = 0;

  override connectedCallback() {
    super.connectedCallback();
    speak((localStorage.getItem(LANGUAGE) ?? 'vi') as Language);
    this.stop = follow(() => void this.open());
    askByDialogs((session) => (this.session = session));
    document.addEventListener('visibilitychange', this.look);
    void this.open();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.look);
    this.stop();
  }

  /** Somebody who comes back to a tab after the session has ended would read what strangers see, and not notice. */
  private look = () => void this.renew();

  private async renew(): Promise<void> {
    if (document.visibilityState !== 'visible' || !this.session) return;
    try {
      this.session = await loadSession();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) await ask.signIn();
    }
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Opens the page of the address. Somebody who is not signed in is sent to sign in, and comes back. */
  private open = async () => {
    const turn = ++this.opened;
    const isFirst = turn === 1;
    this.query = new URLSearchParams(location.search);
    try {
      this.session ??= await loadSession();
      const place = pageAt(location.pathname);
      const code = place ? this.codeOf(place.entry) : 'unknown';
      if (code === 'here') await place!.entry.load();
      if (turn !== this.opened) return;
      this.place = place;
      this.page = code;
      document.title = `${t(place?.entry.title ?? 'notFound')} · ${t('console')}`;
      await this.updateComplete;
      if (!isFirst) this.querySelector<HTMLElement>('main')?.focus();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return location.replace(signInAddress());
      if (turn === this.opened) this.page = error instanceof ApiError ? error : new Error(t('pageFailed'));
    }
  };

  private codeOf(entry: PageEntry): 'here' | 'refused' {
    return !entry.allows || entry.allows(this.session!) ? 'here' : 'refused';
  }

  protected override render() {
    return html`
      <a class="skip" href="#main" @click=${this.skip}>${t('skip')}</a>
      ${this.top()} ${this.session ? this.rail(this.session) : nothing}
      <main id="main" tabindex="-1">
        ${this.banner()} ${this.session ? html`<outbox-bar .session=${this.session}></outbox-bar>` : nothing}
        ${keyed(language(), this.content())}
      </main>
      <console-toasts></console-toasts>
    `;
  }

  private top() {
    return html`<header class="top">
      <a class="brand" href="/console"><img src="/favicon.svg" alt="" width="28" height="28" /><span>${t('console')}</span></a>
      ${
        this.session
          ? html`<unit-picker .session=${this.session} .chosen=${this.session.unit?.name ?? ''} @unit=${this.workIn}></unit-picker>
              <top-search @hit=${this.found}></top-search>`
          : nothing
      }
      ${this.session ? html`<user-menu .session=${this.session} @language=${this.speak}></user-menu>` : nothing}
    </header>`;
  }

  private rail(session: Session) {
    const shown = PAGES.filter(({ icon, allows }) => icon && (!allows || allows(session)));
    const here = this.place?.entry;
    return html`<nav class="rail" aria-label=${t('pages')}>
      ${shown.map(
        (entry) =>
          html`<a href="/console/${entry.path}" aria-current=${here && rooted(entry, here) ? 'page' : nothing}
            >${icon(entry.icon!)}<span>${t(entry.title)}</span></a
          >`,
      )}
      <a href=${mapAddress(session)}>${icon('map')}<span>${t('map')}</span></a>
    </nav>`;
  }

  private banner() {
    const { session } = this;
    if (session?.me.lacks_second_factor) return html`<p class="note">${t('lacksFactor')} <a href="/login">${t('setUpFactor')}</a></p>`;
    return session && !session.grants.length ? html`<p class="note">${t('noGrants')}</p>` : nothing;
  }

  private content() {
    if (this.page === 'coming') return waiting(t('loading'));
    if (this.page instanceof Error) return failure(this.page.message, () => void this.open());
    if (this.page === 'unknown')
      return html`<h1>${t('notFound')}</h1>
        <p><a href="/console">${t('toStart')}</a></p>`;
    if (this.page === 'refused')
      return html`<h1>${t('notAllowed')}</h1>
        <p>${t('askAdministrator')}</p>`;
    const { entry, parameters } = this.place!;
    const tag = unsafeStatic(entry.tag);
    return keyed(
      `${location.pathname} ${this.turns}`,
      unsafeTag`<${tag} class="page" .session=${this.session} .parameters=${parameters} .query=${this.query}></${tag}>`,
    );
  }

  /** Pages are made anew for the unit. */
  private workIn = ({ detail }: CustomEvent<WorkUnit | undefined>) => {
    this.session!.choose(detail);
    this.turns++;
    void this.open();
  };

  private found = ({ detail: { item } }: CustomEvent<Hit>) => {
    const { code, name, level } = item.properties as Omit<WorkUnit, 'on'>;
    this.workIn(new CustomEvent('unit', { detail: { code, name, level, on: today() } }));
  };

  private speak = ({ detail }: CustomEvent<Language>) => {
    localStorage.setItem(LANGUAGE, detail);
    speak(detail);
    this.requestUpdate();
    go(location.pathname + location.search, { replace: true });
  };

  private skip(event: Event) {
    event.preventDefault();
    this.querySelector<HTMLElement>('main')?.focus();
  }
}

/** Whether a page belongs to an entry of the rail: `admin/users` to `admin`. */
function rooted(entry: PageEntry, here: PageEntry): boolean {
  return here === entry || here.within === entry.path || (entry.path !== '' && here.path.startsWith(`${entry.path}/`));
}

/** The map page on one's own unit. */
function mapAddress({ unit }: Session): string {
  const lang = language() === 'en' ? 'lang=en&' : '';
  return unit ? `/?${lang}unit=${unit.code}@${unit.on}` : `/?${lang}`;
}
