/** A record: every field that the reader may see and that has a value, with its label and unit. */
import { html, nothing } from 'lit';
import { nameOf, type Item } from '../api/items';
import { query, get } from '../api/get';
import type { Field, Layer } from '../api/layers';
import { unitAt } from '../map/places';
import { day, number, pick, t } from '../texts';
import { model } from '../view/model';
import { icon } from './icons';

/** What is said elsewhere, or only to programs. */
const APART = new Set(['name', 'version']);

export function record(item: Item, layer: Layer) {
  const filled = layer.fields.filter(({ name }) => !APART.has(name) && item.properties[name] != null && item.properties[name] !== '');
  const point = item.geometry?.type === 'Point' ? item.geometry.coordinates : undefined;
  const unit = point && unitAt(model.shapes().value ?? [], point);
  return html`
    <h3 class="name">${nameOf(item) || t('noName')}</h3>
    <dl class="fields">
      ${unit ? html`<div><dt>${t('liesIn')}</dt><dd><button type="button" class="textual" @click=${() => model.change({ selected: `unit/${unit.properties!['code']}`, rows: '' })}>${unit.properties!['name']}</button></dd></div>` : nothing}
      ${filled.map((field) => html`<div><dt>${pick(field.title)}</dt><dd>${value(field, item.properties[field.name])}</dd></div>`)}
    </dl>
    ${item.geometry ? nothing : html`<p class="note">${t('quality.unlocated')}</p>`}
    <p class="actions"><a href=${query(`/collections/${layer.id}/items/${item.id}`, {})} target="_blank" rel="noopener">${icon('download')}${t('asJson')}</a></p>
  `;
}

function value(field: Field, given: unknown) {
  const label = (one: unknown) => {
    const found = field.values.find(({ value }) => value === one);
    return found ? pick(found.label) : String(one);
  };
  if (Array.isArray(given)) return given.map(label).join(', ');
  if (typeof given === 'boolean') return given ? t('yes') : t('no');
  if (typeof given === 'number' && field.type === 'number') return `${number(given, 3)}${field.unit ? ` ${field.unit === 'km2' ? 'km²' : field.unit}` : ''}`;
  if (field.type === 'date') return day(String(given));
  if (field.type === 'link') return html`<a href=${String(given)} rel="noopener noreferrer" target="_blank">${String(given)}</a>`;
  if (field.type === 'commune') return commune(String(given));
  if (field.type === 'reference' && field.collection) return reference(field.collection, String(given));
  return label(given);
}

/** A code with the name of the commune that bears it today. */
function commune(code: string) {
  const layer = model.layers.find(({ unitLevel }) => unitLevel === 'commune');
  if (!layer) return code;
  const { value } = model.ask(`commune ${code}`, () => get<{ features: Item[] }>(query(`/collections/${layer.id}/items`, { code })));
  const [found] = value?.features ?? [];
  return found ? `${nameOf(found)} (${code})` : code;
}

function reference(collection: string, id: string) {
  const { value } = model.ask(`record ${collection}/${id}`, () => get<Item>(query(`/collections/${collection}/items/${id}`, {})));
  return html`<button type="button" class="textual" @click=${() => model.change({ selected: `${collection}/${id}` })}>${(value && nameOf(value)) || id}</button>`;
}
