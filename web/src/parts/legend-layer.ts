/** The symbols of a layer in the map's legend, once its records are loaded. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { items, type Items } from '../api/items';
import type { Layer } from '../api/layers';
import { pick, t } from '../texts';
import { itemsAddress } from '../view/addresses';
import { entries, type Entry } from '../view/legend';
import { Question } from '../view/question';
import { key } from './key';
import { Part } from './part';
import { cutNote } from './row-list';

@customElement('legend-layer')
export class LegendLayer extends Part {
  @property({ attribute: false }) layer!: Layer;
  private items = new Question<Items>(this, () => itemsAddress(this.model, this.layer), items);

  protected override render() {
    const { shown } = this.items;
    const all = shown ? entries(this.model.view, this.layer, shown.features) : [];
    if (!shown || !all.length) return nothing;
    return html`<section>
      <h3>${pick(this.layer.title)}</h3>
      <ul>
        ${all.filter(({ shown }) => shown).map((entry) => this.entry(entry))}
      </ul>
      ${cutNote(shown)}
    </section>`;
  }

  private entry({ value }: Entry) {
    const label = this.layer.legend?.values.find((choice) => choice.value === value)?.label;
    return html`<li>${key(this.model, this.layer, value)}<span>${label ? pick(label) : t('none')}</span></li>`;
  }
}
