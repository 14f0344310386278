/** A layer: its switch, its legend, its filters. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { items, type Items } from '../api/items';
import type { Field, Layer } from '../api/layers';
import { number, pick, t } from '../texts';
import { itemsAddress } from '../view/addresses';
import { entries, toggled, type Entry } from '../view/legend';
import { Question } from '../view/question';
import { key } from './key';
import { Part } from './part';
import { countLine, cutNote } from './row-list';
import './layer-card.css';

@customElement('layer-card')
export class LayerCard extends Part {
  @property({ attribute: false }) layer!: Layer;
  private items = new Question<Items>(this, () => (this.isOn ? itemsAddress(this.model, this.layer) : undefined), items);

  private get isOn() {
    return this.model.isOn(this.layer.id);
  }

  protected override render() {
    const { layer, isOn } = this;
    return html`<div class="layer ${isOn ? 'on' : ''}" data-layer=${layer.id}>
      <label class="switch"> <input type="checkbox" .checked=${isOn} @change=${this.turn} /><span>${pick(layer.title)}</span> </label>
      ${isOn ? this.refreshed(this.items, (items) => this.content(items)) : nothing}
    </div>`;
  }

  private content(items: Items) {
    const count = items.features.length ? countLine(this.layer, items) : html`<p class="quiet">${t('emptyLayer')}</p>`;
    return html`${count} ${cutNote(items)} ${this.legend(items)} ${this.filters()}`;
  }

  private legend({ features }: Items) {
    const { legend } = this.layer;
    const all = entries(this.model.view, this.layer, features);
    if (!legend || !all.length) return nothing;
    return html`<fieldset>
      <legend>${pick(legend.title)}</legend>
      ${all.map((entry) => this.entry(legend, all, entry))}
    </fieldset>`;
  }

  private entry(legend: Field, all: Entry[], { value, count, shown }: Entry) {
    const label = legend.values.find((choice) => choice.value === value)?.label;
    return html`<label>
      <input type="checkbox" .checked=${shown} @change=${() => this.choose(legend, toggled(all, value))} />
      ${key(this.model, this.layer, value)}<span>${label ? pick(label) : t('none')}</span><span class="count">${number(count)}</span>
    </label>`;
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
