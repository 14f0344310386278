/** A record: every field that the reader may see and that has a value, with its label and unit. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shapes, type UnitShape } from '../api/figures';
import { nameOf, type Item } from '../api/items';
import type { Field, Layer } from '../api/layers';
import { unitAt } from '../map/places';
import { day, number, pick, t, tOr } from '../texts';
import { communesAddress, itemAddress } from '../view/addresses';
import { Question } from '../view/question';
import { icon } from './icons';
import { Part } from './part';
import './commune-name';
import './record-link';
import './record-view.css';

/** Fields that are shown elsewhere, or are only for programs. */
const APART = new Set(['name', 'version']);

@customElement('record-view')
export class RecordView extends Part {
  @property({ attribute: false }) item!: Item;
  @property({ attribute: false }) layer!: Layer;
  private shapes = new Question<UnitShape[]>(this, () => communesAddress(this.model), shapes);

  protected override render() {
    const { item, layer } = this;
    const { geometry, properties } = item;
    const filled = layer.fields.filter(({ name }) => !APART.has(name) && properties[name] != null && properties[name] !== '');
    const unit = geometry?.type === 'Point' ? unitAt(this.shapes.value ?? [], geometry.coordinates) : undefined;
    return html`
      <h3 class="name">${nameOf(item) || t('noName')}</h3>
      <dl class="fields">
        ${unit ? pair(t('liesIn'), this.unit(unit)) : nothing}
        ${filled.map((field) => pair(pick(field.title), value(field, properties[field.name])))}
      </dl>
      ${geometry ? this.rounded() : html`<p class="note">${t('unplaced')}</p>`}
      <p class="actions">
        <a href=${itemAddress(layer.id, String(item.id))} target="_blank" rel="noopener">${icon('download')}${t('asJson')}</a>
      </p>
    `;
  }

  private rounded() {
    const { roundedM } = this.layer;
    return roundedM ? html`<p class="quiet">${t('rounded', { m: number(roundedM) })}</p>` : nothing;
  }

  private unit({ properties: { code, name } }: UnitShape) {
    const open = () => this.model.change({ selected: `unit/${String(code)}`, rows: '' });
    return html`<button type="button" class="textual" @click=${open}>${name}</button>`;
  }
}

function pair(title: string, content: unknown) {
  return html`<div>
    <dt>${title}</dt>
    <dd>${content}</dd>
  </div>`;
}

function value(field: Field, given: unknown) {
  const label = (one: unknown) => {
    const found = field.values.find(({ value }) => value === one);
    return found ? pick(found.label) : String(one);
  };
  if (Array.isArray(given)) return given.map(label).join(', ');
  if (typeof given === 'boolean') return given ? t('yes') : t('no');
  if (typeof given === 'number' && field.type === 'number') return measured(given, field.unit);
  if (field.type === 'date') return day(String(given));
  if (field.type === 'link') return html`<a href=${String(given)} rel="noopener noreferrer" target="_blank">${String(given)}</a>`;
  if (field.type === 'commune') return html`<commune-name .code=${String(given)}></commune-name>`;
  const { collection, type } = field;
  if (type === 'reference' && collection) return html`<record-link .layer=${collection} .record=${String(given)}></record-link>`;
  return label(given);
}

function measured(given: number, unit: string | undefined): string {
  return number(given, 3) + (unit ? ` ${tOr(`measure.${unit}`, unit)}` : '');
}
