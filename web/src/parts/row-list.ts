/** Records as a list; each opens, and the map shows it. */
import { html, nothing } from 'lit';
import { nameOf, type Item, type Items } from '../api/items';
import type { Layer } from '../api/layers';
import { number, pick, t } from '../texts';
import { model } from '../view/model';

const MOST = 300;

/** What must be said of records that are not all here. */
export function cutNote({ features, cut, total }: Items) {
  if (!cut) return nothing;
  const n = number(features.length);
  return html`<p class="note cut">${total === undefined ? t('cutLayerOpen', { n }) : t('cutLayer', { n, total: number(total) })}</p>`;
}

export function rowList(items: Items, layer: Layer) {
  const { features, cut } = items;
  const unplaced = features.filter(({ geometry }) => !geometry).length;
  const shown = features.slice(0, MOST);
  return html`
    <p class="quiet">${t('rowsCount', { n: number(features.length) })}${cut ? '+' : ''}${unplaced ? html`; ${t('unlocatedRows', { n: number(unplaced) })}` : nothing}</p>
    ${cutNote(items)}
    <ul class="rows">
      ${shown.map((item) => html`<li><button type="button" @click=${() => model.change({ selected: `${layer.id}/${item.id}` })}>
        ${dot(item, layer)}<span><strong>${nameOf(item) || t('noName')}</strong><small>${line(item, layer)}</small></span>
      </button></li>`)}
    </ul>
    ${features.length > MOST ? html`<p class="quiet">${t('rowsCut', { n: number(MOST) })}</p>` : nothing}
  `;
}

export function dot(item: Item, layer: Layer) {
  const value = String(item.properties[layer.legend?.name ?? ''] ?? '');
  return html`<i class="dot" aria-hidden="true" .style=${`background: ${model.colours.get(layer.id)?.get(value) ?? 'var(--grey)'}`}></i>`;
}

/** The value of the legend, and the layer's own first count. */
export function line({ properties }: Item, { legend, fields }: Layer): string {
  const value = legend?.values.find(({ value }) => value === properties[legend.name]);
  const count = fields.find(({ type, name, unit }) => type === 'number' && !unit && typeof properties[name] === 'number' && name !== 'version');
  const code = properties['code'];
  return [value && pick(value.label), count && `${pick(count.title)}: ${number(properties[count.name] as number)}`, code].filter(Boolean).join(' · ');
}
