/** The page: its header, the panel, the map. It owns the model and passes it to its parts. */
import { ContextProvider } from '@lit/context';
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { MapView } from '../map/map-view';
import { t } from '../texts';
import type { Tab } from '../view/address';
import { modelContext } from '../view/context';
import { Model } from '../view/model';
import './date-bar';
import './detail-panel';
import './figures-panel';
import './layer-list';
import './map-legend';
import './search-box';
import './unit-table';
import { icon } from './icons';
import { failure, waiting } from './part';
import './map-page.css';

/** How long the map waits for the figures. */
const FIGURES_MS = 1000;

const TABS: Tab[] = ['figures', 'layers', 'table'];

@customElement('map-page')
export class MapPage extends LitElement {
  @state() private failed: Error | undefined;
  @state() private copied = false;
  /** The code of the map: loading, loaded, or an error. */
  @state() private map: 'coming' | 'here' | Error = 'coming';
  private model = new Model(() => this.tell());
  private provider = new ContextProvider(this, { context: modelContext, initialValue: this.model });

  override connectedCallback() {
    super.connectedCallback();
    void this.start();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Keeps the shell of `index.html` until there is something to show. */
  protected override shouldUpdate() {
    return Boolean(this.failed ?? this.model.view);
  }

  protected override firstUpdated() {
    document.getElementById('shell')?.remove();
  }

  /** The model stays the same object; `true` passes it on although only its content changed. */
  private tell() {
    this.provider.setValue(this.model, true);
    this.requestUpdate();
  }

  private start = async () => {
    this.failed = undefined;
    try {
      await this.model.start();
      await this.bringMap();
    } catch (error) {
      this.failed = error as Error;
    }
  };

  /** Loads the map after the figures are painted or late: the map is heavy, and readers look at the figures first. */
  private bringMap = async () => {
    this.map = 'coming';
    await this.model.figures(FIGURES_MS);
    await this.updateComplete;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    try {
      await import('../map/map-view');
      this.map = 'here';
    } catch {
      this.map = new Error(t('mapFailed'));
    }
  };

  protected override render() {
    if (this.failed) return html`<main class="starting">${failure(this.failed.message, () => void this.start())}</main>`;
    return html`
      <a class="skip" href="#panel" @click=${this.skip}>${t('skipToFigures')}</a>
      ${this.head()}
      <main aria-busy=${this.model.busy}>
        <section id="panel" tabindex="-1" aria-label=${t('panel')}>
          <date-bar></date-bar>
          <detail-panel></detail-panel>
          ${this.tabs()} ${this.foot()}
        </section>
        <div class="map">
          ${this.mapPart()}
          <button type="button" class="whole" title=${t('wholeUnit')} aria-label=${t('wholeUnit')} @click=${this.showWhole}>
            ${icon('whole')}
          </button>
          <map-legend></map-legend>
        </div>
      </main>
    `;
  }

  private head() {
    const { language } = this.model.view;
    const other = language === 'vi' ? 'en' : 'vi';
    return html`<header class="head">
      <h1><img src="/favicon.svg" alt="" width="28" height="28" /><span>${t('title')}</span></h1>
      <search-box></search-box>
      <div class="tools">
        ${this.tool('refresh', t('refresh'), () => this.model.refresh())}
        ${this.tool('link', this.copied ? t('copied') : t('share'), () => void this.share())}
        ${this.tool('print', t('print'), () => print())}
        <button type="button" class="language" lang=${other} @click=${() => this.model.change({ language: other })}>
          ${t('otherLanguage')}
        </button>
        <a class="console" href="/console">${localStorage.getItem('hatang.name') ?? t('signIn')}</a>
      </div>
    </header>`;
  }

  private tool(name: Parameters<typeof icon>[0], text: string, act: () => void) {
    return html`<button type="button" class="tool ${name}" title=${text} aria-label=${text} @click=${act}>${icon(name)}</button>`;
  }

  private tabs() {
    const { tab } = this.model.view;
    return html`<div class="tabs" role="tablist" aria-label=${t('panel')} @keydown=${this.turn}>
        ${TABS.map(
          (name) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${name}"
              aria-controls="tabpanel"
              aria-selected=${tab === name}
              tabindex=${tab === name ? 0 : -1}
              @click=${() => this.model.change({ tab: name })}
            >
              ${t(name)}
            </button>`,
        )}
      </div>
      <div id="tabpanel" role="tabpanel" aria-labelledby="tab-${tab}">${this.tabContent(tab)}</div>`;
  }

  private tabContent(tab: Tab) {
    if (tab === 'figures') return html`<figures-panel></figures-panel>`;
    if (tab === 'table') return html`<unit-table></unit-table>`;
    return this.model.described ? html`<layer-list></layer-list>` : waiting(t('loading'));
  }

  private foot() {
    const who = this.model.settings.attribution ?? t('register');
    return html`<footer>
      <p>${t('attribution', { who })}; ${t('boundariesOf')}. ${t('licence')}. <a href="/api/v1/docs">${t('api')}</a></p>
    </footer>`;
  }

  private mapPart() {
    if (this.map instanceof Error) return html`<div class="no-map">${failure(this.map.message, () => void this.bringMap())}</div>`;
    return html`<map-view></map-view>${this.map === 'coming' ? html`<div class="no-map">${waiting(t('mapComing'))}</div>` : nothing}`;
  }

  private async share() {
    await navigator.clipboard?.writeText(location.href).catch(() => undefined);
    this.copied = true;
    setTimeout(() => (this.copied = false), 2000);
  }

  private skip(event: Event) {
    event.preventDefault();
    this.querySelector<HTMLElement>('#panel')?.focus();
  }

  private showWhole() {
    this.querySelector<MapView>('map-view')?.showHome();
  }

  /** Arrow keys move between the tabs. */
  private turn(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(this.model.view.tab) + step + TABS.length) % TABS.length]!;
    this.model.change({ tab: next });
    this.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }
}
