/** The symbols of a layer in the map's legend: the values that the home has, as far as its figures say so. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UnitFigures } from '../api/figures';
import type { Layer } from '../api/layers';
import { pick, t } from '../texts';
import { unitAddress } from '../view/addresses';
import { entries, type Entry } from '../view/legend';
import { Question } from '../view/question';
import { key } from './key';
import { Part } from './part';

@customElement('legend-layer')
export class LegendLayer extends Part {
  @property({ attribute: false }) layer!: Layer;
  private figures = new Question<UnitFigures>(this, () => unitAddress(this.model, this.model.view.home));

  protected override render() {
    const { layer, model } = this;
    const isFar = layer.geometry === 'point' && !model.isNear;
    const known = this.known();
    const shown = entries(model.view, layer).filter(({ value, shown }) => shown && (known ? known.has(value) : value));
    return html`<section>
      <h3>${pick(layer.title)}</h3>
      ${isFar ? html`<p class="quiet">${t('tooFar')}</p>` : nothing}
      <ul>
        ${shown.map((entry) => this.entry(entry))}
      </ul>
    </section>`;
  }

  /** The values that a figure counts; undefined if none tells them apart. */
  private known(): Set<string> | undefined {
    const { layer, model } = this;
    const definition = model.definitions.find(({ collection, by }) => collection === layer.id && by === layer.legend?.name);
    const values = definition && this.figures.shown?.figures[definition.code]?.values;
    const counted = Object.entries(values ?? {}).filter(([, count]) => count > 0);
    return counted.length ? new Set(counted.map(([value]) => value)) : undefined;
  }

  private entry({ value }: Entry) {
    const label = this.layer.legend?.values.find((choice) => choice.value === value)?.label;
    return html`<li>${key(this.model, this.layer, value)}<span>${label ? pick(label) : t('none')}</span></li>`;
  }
}
