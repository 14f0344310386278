/** Search over the units and records of every layer; accents may be left out. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { get, query } from '../api/get';
import { nameOf, type Item } from '../api/items';
import type { Layer } from '../api/layers';
import { folded, pick, t } from '../texts';
import { model } from '../view/model';
import { icon } from './icons';
import { Part } from './part';
import { line } from './row-list';

interface Hit {
  item: Item;
  layer: Layer;
}

@customElement('search-box')
export class SearchBox extends Part {
  @state() private text = '';
  @state() private hits: Hit[] | undefined;
  @state() private open = false;
  private waiting = 0;
  private asked = new AbortController();

  protected override render() {
    return html`<form role="search" @submit=${this.submit} @focusout=${this.leave} @keydown=${this.move}>
      <label for="search">${icon('search')}<span class="unseen">${t('search')}</span></label>
      <input id="search" type="search" autocomplete="off" placeholder=${t('search')} title=${t('searchHint')} .value=${this.text}
        @input=${this.type} @focus=${() => (this.open = true)} />
      <p class="unseen" role="status">${this.open && this.hits ? t('found', { n: this.hits.length }) : ''}</p>
      ${this.open && this.text.trim() ? html`<div class="hits">${this.list()}</div>` : nothing}
    </form>`;
  }

  private list() {
    if (!this.hits) return html`<p class="quiet">${t('searching')}</p>`;
    if (!this.hits.length) return html`<p class="quiet">${t('nothingFound', { q: this.text })}</p>`;
    return html`<ul>${this.hits.map((hit) => html`<li><button type="button" @click=${() => this.choose(hit)}>
      <strong>${nameOf(hit.item) || t('noName')}</strong><small>${pick(hit.layer.title)}${hit.layer.unitLevel ? '' : ` · ${line(hit.item, hit.layer)}`}</small></button></li>`)}</ul>`;
  }

  private type(event: Event) {
    this.text = (event.target as HTMLInputElement).value;
    this.hits = undefined;
    this.open = true;
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => void this.search(), 250);
  }

  private async search() {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    const q = this.text.trim();
    if (!q) return;
    const units = [...model.layers].sort((a, b) => Number(!a.unitLevel) - Number(!b.unitLevel));
    const found = await Promise.all(
      units.map(async (layer): Promise<Hit[]> => {
        const address = query(`/collections/${layer.id}/items`, { q, within: model.view.home, as_of: layer.unitLevel ? model.unitsOn : model.view.asOf, limit: 6 });
        const { features } = await get<{ features: Item[] }>(address, signal).catch(() => ({ features: [] }));
        return features.map((item) => ({ item, layer }));
      }),
    );
    if (signal.aborted) return;
    const begins = ({ item }: Hit) => Number(!folded(nameOf(item)).includes(folded(q)));
    this.hits = found.flat().sort((a, b) => begins(a) - begins(b)).slice(0, 30);
  }

  private choose({ item, layer }: Hit) {
    this.open = false;
    const code = item.properties['code'];
    if (layer.unitLevel === 'commune') return model.change({ selected: `unit/${code}`, rows: '', tab: 'figures' });
    if (layer.unitLevel && `${code}@${model.unitsOn}` === model.view.home) return model.change({ selected: '', rows: '' });
    const on = model.view.on ?? [];
    model.change({ selected: `${layer.id}/${item.id}`, rows: '', on: on.includes(layer.id) ? on : [...on, layer.id] });
  }

  private submit(event: Event) {
    event.preventDefault();
    if (this.hits?.[0]) this.choose(this.hits[0]);
  }

  private leave(event: FocusEvent) {
    if (!this.contains(event.relatedTarget as Node | null)) this.open = false;
  }

  /** Arrow keys go through the results, Escape closes them. */
  private move(event: KeyboardEvent) {
    if (event.key === 'Escape') this.open = false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [...this.querySelectorAll<HTMLElement>('input, .hits button')];
    const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
    next?.focus();
    event.preventDefault();
  }
}
