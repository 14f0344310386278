/** A layer: its switch, its legend, its filters. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ItemPage } from '../api/items';
import type { Field, Layer } from '../api/layers';
import { pick, t, within } from '../texts';
import { countAddress } from '../view/addresses';
import { entries } from '../view/legend';
import { Question } from '../view/question';
import './legend-entry';
import { Part } from './part';
import { counted } from './row-list';
import './layer-card.css';

@customElement('layer-card')
export class LayerCard extends Part {
  @property({ attribute: false }) layer!: Layer;
  private all = new Question<ItemPage>(this, () => (this.isOn ? countAddress(this.model, this.layer) : undefined));
  private unplaced = new Question<ItemPage>(this, () =>
    this.isOn && !this.layer.unitLevel ? countAddress(this.model, this.layer, { filter: 'geom IS NULL' }) : undefined,
  );

  private get isOn() {
    return this.model.isOn(this.layer.id);
  }

  protected override render() {
    const { layer, isOn } = this;
    return html`<div class="layer ${isOn ? 'on' : ''}" data-layer=${layer.id}>
      <label class="switch"> <input type="checkbox" .checked=${isOn} @change=${this.turn} /><span>${pick(layer.title)}</span> </label>
      ${isOn ? this.refreshed(this.all, (page) => this.content(page)) : nothing}
    </div>`;
  }

  private content(page: ItemPage) {
    return html`${this.count(page)} ${this.rounded()} ${this.opacity()} ${this.legend()} ${this.filters()}`;
  }

  private count(page: ItemPage) {
    if (page.numberMatched === 0) return html`<p class="quiet">${t('emptyLayer')}</p>`;
    const { shown: unplaced } = this.unplaced;
    return html`<p class="quiet">
      ${t('records', { n: counted(page), what: within(pick(this.layer.title)) })}${
        unplaced?.numberMatched ? html`; ${t('unlocatedRows', { n: counted(unplaced) })}` : nothing
      }
    </p>`;
  }

  private rounded() {
    const { roundedM } = this.layer;
    return roundedM ? html`<p class="quiet">${t('rounded', { m: roundedM })}</p>` : nothing;
  }

  private opacity() {
    const { opacity } = this.model.view;
    const value = Math.round((opacity[this.layer.id] ?? 1) * 100);
    return html`<label class="opacity"
      >${t('opacity')}<input type="range" min="10" max="100" step="10" .value=${String(value)} @input=${this.turnOpacity}
    /></label>`;
  }

  private turnOpacity(event: Event) {
    const opacity = { ...this.model.view.opacity, [this.layer.id]: Number((event.target as HTMLInputElement).value) / 100 };
    if (opacity[this.layer.id] === 1) delete opacity[this.layer.id];
    this.model.change({ opacity });
  }

  private legend() {
    const { layer } = this;
    if (!layer.legend) return nothing;
    return html`<fieldset>
      <legend>${pick(layer.legend.title)}</legend>
      ${repeat(
        entries(this.model.view, layer),
        ({ value }) => value,
        (entry) => html`<legend-entry .layer=${layer} .entry=${entry}></legend-entry>`,
      )}
    </fieldset>`;
  }

  /** A filter for each enumeration except that of the legend. */
  private filters() {
    const { legend, fields, id } = this.layer;
    const others = fields.filter((field) => field !== legend && (field.values.length || field.type === 'boolean'));
    if (!others.length) return nothing;
    const chosen = this.model.view.filters[id] ?? {};
    const active = others.filter(({ name }) => chosen[name]?.length).length;
    return html`<details class="filters" ?open=${active > 0}>
      <summary>${t('filters')}${active ? ` (${active})` : ''}</summary>
      ${others.map((field) => this.filter(field, chosen[field.name] ?? []))}
      ${active ? html`<button type="button" @click=${this.clear}>${t('clearFilters')}</button>` : nothing}
    </details>`;
  }

  private filter(field: Field, chosen: string[]) {
    const change = (event: Event) => this.choose(field, [(event.target as HTMLSelectElement).value].filter(Boolean));
    const option = ([value, text]: [string, string]) => html`<option value=${value} ?selected=${chosen.includes(value)}>${text}</option>`;
    return html`<label
      >${pick(field.title)}<select @change=${change}>
        <option value="">${t('any')}</option>
        ${choices(field).map(option)}
      </select></label
    >`;
  }

  private turn() {
    const on = this.model.view.on ?? [];
    const { id } = this.layer;
    this.model.change({ on: on.includes(id) ? on.filter((other) => other !== id) : [...on, id] });
  }

  private choose({ name }: Field, values: string[]) {
    const { filters } = this.model.view;
    const { id } = this.layer;
    this.model.change({ filters: { ...filters, [id]: { ...filters[id], [name]: values } } });
  }

  private clear() {
    this.model.change({ filters: { ...this.model.view.filters, [this.layer.id]: {} } });
  }
}

function choices({ values, type }: Field): [string, string][] {
  const yesOrNo = [true, false].map((value): [string, string] => [String(value), t(value ? 'yes' : 'no')]);
  return type === 'boolean' ? yesOrNo : values.map(({ value, label }) => [value, pick(label)]);
}
