/** A value of a layer's legend, which turns its records on and off, with their number. Values without records are left out. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ItemPage } from '../api/items';
import type { Layer } from '../api/layers';
import { pick, t } from '../texts';
import { countAddress } from '../view/addresses';
import { entries, toggled, valueFilter, type Entry } from '../view/legend';
import { Question } from '../view/question';
import { key } from './key';
import { Part } from './part';
import { counted } from './row-list';

@customElement('legend-entry')
export class LegendEntry extends Part {
  @property({ attribute: false }) layer!: Layer;
  @property({ attribute: false }) entry!: Entry;
  private page = new Question<ItemPage>(this, () => countAddress(this.model, this.layer, valueFilter(this.layer, this.entry.value)));

  protected override render() {
    const { value, shown } = this.entry;
    const { shown: page } = this.page;
    if (page?.numberMatched === 0 || (!page && !value)) return nothing;
    const label = this.layer.legend?.values.find((choice) => choice.value === value)?.label;
    return html`<label>
      <input type="checkbox" .checked=${shown} @change=${this.turn} />
      ${key(this.model, this.layer, value)}<span>${label ? pick(label) : t('none')}</span
      ><span class="count">${page ? counted(page) : ''}</span>
    </label>`;
  }

  private turn() {
    const { view } = this.model;
    const { id, legend } = this.layer;
    const chosen = toggled(entries(view, this.layer), this.entry.value);
    this.model.change({ filters: { ...view.filters, [id]: { ...view.filters[id], [legend!.name]: chosen } } });
  }
}
