/** A list of records. Each can be opened, and the map shows it. */
import { html, nothing } from 'lit';
import { nameOf, type Item, type ItemPage, type Items } from '../api/items';
import type { Layer } from '../api/layers';
import { number, pick, t, within } from '../texts';
import type { Model } from '../view/model';
import './row-list.css';

/** How many rows a list shows at first, and how many more at a time. */
const ROWS = 300;

/** A note that not all records are here. */
export function cutNote({ features, cut, total }: Items) {
  if (!cut) return nothing;
  const n = number(features.length);
  return html`<p class="note cut">${total === undefined ? t('cutLayerOpen', { n }) : t('cutLayer', { n, total: number(total) })}</p>`;
}

/** The service counts no further. */
const MOST_COUNTED = 10_000;

/** How many records a question has, as far as the service counts them. */
export function counted({ numberMatched, features }: ItemPage): string {
  return numberMatched === undefined ? `${number(features.length ? MOST_COUNTED : 0)}+` : number(numberMatched);
}

/** How many records, and how many of them have no place. */
export function countLine(layer: Layer, { features, cut }: Items) {
  const unplaced = features.filter(({ geometry }) => !geometry).length;
  const n = number(features.length) + (cut ? '+' : '');
  return html`<p class="quiet">
    ${t('records', { n, what: within(pick(layer.title)) })}${unplaced ? html`; ${t('unlocatedRows', { n: number(unplaced) })}` : nothing}
  </p>`;
}

export function rowList(model: Model, layer: Layer, items: Items) {
  const { features } = items;
  const shown = ROWS * (1 + model.moreRows);
  const left = features.length - shown;
  const more = () => model.showMoreRows();
  const open = (item: Item) => model.change({ selected: `${layer.id}/${item.id}` });
  return html`
    ${countLine(layer, items)} ${cutNote(items)}
    <ul class="rows">
      ${features.slice(0, shown).map(
        (item) =>
          html`<li>
            <button type="button" @click=${() => open(item)}>
              ${dot(model, item, layer)}<span><strong>${nameOf(item) || t('noName')}</strong><small>${line(item, layer)}</small></span>
            </button>
          </li>`,
      )}
    </ul>
    ${left > 0 ? html`<button type="button" class="more" @click=${more}>${t('rowsMore', { n: number(left) })}</button>` : nothing}
  `;
}

function dot(model: Model, item: Item, layer: Layer) {
  const value = item.properties[layer.legend?.name ?? ''];
  const colour = typeof value === 'string' ? model.colours.get(layer.id)?.get(value) : undefined;
  return html`<i class="dot" aria-hidden="true" .style=${`background: ${colour ?? 'var(--grey)'}`}></i>`;
}

/** A line about a record: the value of its legend, and the first count among the layer's own fields. */
export function line({ properties }: Item, { legend, fields }: Layer): string {
  const value = legend?.values.find(({ value }) => value === properties[legend.name]);
  const count = fields.find(
    ({ type, name, unit }) => type === 'number' && !unit && typeof properties[name] === 'number' && name !== 'version',
  );
  const counted = count && `${pick(count.title)}: ${number(properties[count.name] as number)}`;
  return [value && pick(value.label), counted, properties.code].filter(Boolean).join(' · ');
}
