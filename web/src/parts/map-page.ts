/** The page: its head, the panel, the map. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { MapView } from '../map/map-view';
import { t } from '../texts';
import type { Tab } from '../view/address';
import { model } from '../view/model';
import './date-bar';
import './detail-panel';
import './figures-panel';
import './layer-list';
import './map-legend';
import './search-box';
import './unit-table';
import { icon } from './icons';
import { answered, Part } from './part';

const TABS: Tab[] = ['figures', 'layers', 'table'];

@customElement('map-page')
export class MapPage extends Part {
  @state() private failed: Error | undefined;
  @state() private copied = false;

  override connectedCallback() {
    super.connectedCallback();
    void this.start();
  }

  /** Until there is something to show, the shell of `index.html` stands. */
  protected override shouldUpdate() {
    return Boolean(this.failed ?? model.settings);
  }

  protected override firstUpdated() {
    document.getElementById('shell')?.remove();
  }

  private start = async () => {
    this.failed = undefined;
    try {
      await model.start();
      await this.bringMap();
    } catch (error) {
      this.failed = error as Error;
    }
  };

  /** The map is heavy, and figures are what is read first: it comes once they have been painted. */
  private async bringMap() {
    await this.updateComplete;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await import('../map/map-view');
  }

  protected override render() {
    if (this.failed) return html`<main class="starting">${answered({ error: this.failed }, () => nothing, this.start)}</main>`;
    const { tab } = model.view;
    return html`
      <a class="skip" href="#panel" @click=${this.skip}>${t('skipToFigures')}</a>
      <header class="head">
        <h1><img src="/favicon.svg" alt="" width="28" height="28" /><span>${t('title')}</span></h1>
        <search-box></search-box>
        <div class="tools">
          ${this.tool('refresh', t('refresh'), () => model.refresh())}
          ${this.tool('link', this.copied ? t('copied') : t('share'), () => void this.share())}
          ${this.tool('print', t('print'), () => print())}
          <button type="button" class="language" lang=${model.view.language === 'vi' ? 'en' : 'vi'} @click=${this.speak}>${t('otherLanguage')}</button>
        </div>
      </header>
      <main aria-busy=${model.busy}>
        <section id="panel" tabindex="-1" aria-label=${t('panel')}>
          <date-bar></date-bar>
          <detail-panel></detail-panel>
          <div class="tabs" role="tablist" aria-label=${t('panel')} @keydown=${this.turn}>
            ${TABS.map(
              (name) => html`<button type="button" role="tab" id="tab-${name}" aria-controls="tabpanel" aria-selected=${tab === name}
                tabindex=${tab === name ? 0 : -1} @click=${() => model.change({ tab: name })}>${t(name)}</button>`,
            )}
          </div>
          <div id="tabpanel" role="tabpanel" aria-labelledby="tab-${tab}">
            ${tab === 'figures' ? html`<figures-panel></figures-panel>` : tab === 'layers' ? html`<layer-list></layer-list>` : html`<unit-table></unit-table>`}
          </div>
          <footer>
            <p>${t('attribution', { who: model.settings.attribution ?? t('register') })}; ${t('boundariesOf')}. ${t('licence')}. <a href="/api/v1/docs">${t('api')}</a></p>
          </footer>
        </section>
        <div class="map">
          <map-view></map-view>
          <button type="button" class="whole" title=${t('wholeUnit')} aria-label=${t('wholeUnit')} @click=${this.showWhole}>${icon('whole')}</button>
          <map-legend></map-legend>
        </div>
      </main>
    `;
  }

  private tool(name: Parameters<typeof icon>[0], text: string, act: () => void) {
    return html`<button type="button" class="tool ${name}" title=${text} aria-label=${text} @click=${act}>${icon(name)}</button>`;
  }

  private speak() {
    model.change({ language: model.view.language === 'vi' ? 'en' : 'vi' });
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

  /** Arrow keys go from tab to tab. */
  private turn(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(model.view.tab) + step + TABS.length) % TABS.length]!;
    model.change({ tab: next });
    this.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }
}
