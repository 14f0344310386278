/** Search over the units and the records of every layer. Accents may be left out. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Layer } from '../api/layers';
import type { UnitShape } from '../api/figures';
import { nameOf } from '../api/items';
import { day, pick, t } from '../texts';
import { communesAddress } from '../view/addresses';
import { search, type Hit } from '../view/search';
import { icon } from './icons';
import { Part } from './part';
import { line } from './row-list';
import './search-box.css';

@customElement('search-box')
export class SearchBox extends Part {
  @state() private text = '';
  @state() private hits: Hit[] | undefined;
  @state() private open = false;
  /** Stops when another letter is typed. */
  private search = new Task(this, {
    args: () => [this.text.trim()] as const,
    task: ([text], { signal }) => {
      const { layers, view, unitsOn } = this.model;
      return search({ layers, asOf: view.asOf, unitsOn }, text, signal, (hits) => (this.hits = hits));
    },
  });

  protected override render() {
    return html`<form role="search" @submit=${this.submit} @focusout=${this.leave} @keydown=${this.move}>
      <label for="search">${icon('search')}<span class="unseen">${t('search')}</span></label>
      <input
        id="search"
        type="search"
        autocomplete="off"
        placeholder=${t('search')}
        title=${t('searchHint')}
        .value=${this.text}
        @input=${this.type}
        @focus=${() => (this.open = true)}
      />
      <p class="unseen" role="status">${this.open && this.hits ? t('found', { n: this.hits.length }) : ''}</p>
      ${this.open && this.text.trim() ? html`<div class="hits">${this.list()}</div>` : nothing}
    </form>`;
  }

  private list() {
    const { error } = this.search;
    if (error instanceof Error && error.name !== 'AbortError') return html`<p class="quiet">${error.message}</p>`;
    if (!this.hits) return html`<p class="quiet">${t('searching')}</p>`;
    if (!this.hits.length) return html`<p class="quiet">${t('nothingFound', { q: this.text })}</p>`;
    return html`<ul>
      ${this.hits.map((hit) => this.hit(hit))}
    </ul>`;
  }

  private hit(hit: Hit) {
    const { item, layer } = hit;
    return html`<li>
      <button type="button" @click=${() => this.choose(hit)}>
        <strong>${nameOf(item) || t('noName')}</strong
        ><small>${pick(layer.title)} · ${layer.unitLevel ? this.unitLine(hit) : line(item, layer)}</small>
      </button>
    </li>`;
  }

  private type(event: Event) {
    this.text = (event.target as HTMLInputElement).value;
    this.hits = undefined;
    this.open = true;
  }

  /** What tells units of one name apart. */
  private unitLine({ item, day: on }: Hit) {
    const { code, parent_name } = item.properties;
    const from = !on || on === this.model.unitsOn ? undefined : t('unitOn', { date: day(on) });
    return [parent_name, code, from].filter(Boolean).join(' · ');
  }

  private choose({ item, layer, day }: Hit) {
    this.open = false;
    const code = String(item.properties.code);
    if (layer.unitLevel) return this.chooseUnit(layer, code, day ?? this.model.unitsOn);
    const on = this.model.view.on ?? [];
    this.model.change({ selected: `${layer.id}/${item.id}`, rows: '', on: on.includes(layer.id) ? on : [...on, layer.id] });
  }

  /** A commune that is on the map is opened there; any other unit becomes the home. */
  private chooseUnit({ unitLevel }: Layer, code: string, day: string) {
    const { model } = this;
    const { compare } = model.view;
    const isHere = day === model.unitsOn;
    const shown = model.answers.find<UnitShape[]>(communesAddress(model) ?? '')?.some(({ properties }) => properties.code === code);
    if (isHere && unitLevel === 'commune' && shown) return model.change({ selected: `unit/${code}`, rows: '', tab: 'figures' });
    model.moveTo(`${code}@${day}`, isHere ? {} : { asOf: day, compare: compare && compare >= day ? '' : compare });
  }

  private submit(event: Event) {
    event.preventDefault();
    if (this.hits?.[0]) this.choose(this.hits[0]);
  }

  private leave(event: FocusEvent) {
    if (!this.contains(event.relatedTarget as Node | null)) this.open = false;
  }

  /** Arrow keys move through the results, Escape closes them. */
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
