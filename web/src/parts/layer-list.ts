/** The layers: on or off, legend, filters. All of it from what the API says of them. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Items } from '../api/items';
import type { Field, Layer } from '../api/layers';
import { outline } from '../map/symbols';
import { number, pick, t } from '../texts';
import { entries, toggled } from '../view/legend';
import { model } from '../view/model';
import './shade-control';
import { answered, Part } from './part';
import { cutNote } from './row-list';

@customElement('layer-list')
export class LayerList extends Part {
  protected override render() {
    const units = model.layers.filter(({ unitLevel }) => unitLevel && unitLevel !== 'commune');
    return html`
      <ul class="layers">${model.layers.filter(({ unitLevel }) => !unitLevel).map((layer) => this.layer(layer))}</ul>
      <h3>${t('otherUnits')}</h3>
      <shade-control></shade-control>
      <ul class="layers">${units.map((layer) => this.layer(layer))}</ul>
    `;
  }

  private layer(layer: Layer) {
    const on = model.isOn(layer.id);
    return html`<li class="layer ${on ? 'on' : ''}" data-layer=${layer.id}>
      <label class="switch"><input type="checkbox" .checked=${on} @change=${() => this.turn(layer)} /><span>${pick(layer.title)}</span></label>
      ${on ? answered(model.items(layer), (items) => (items.features.length ? this.legend(layer, items) : html`<p class="quiet">${t('emptyLayer')}</p>${this.filters(layer)}`)) : nothing}
    </li>`;
  }

  private legend(layer: Layer, items: Items) {
    const all = entries(model, layer);
    const unplaced = items.features.filter(({ geometry }) => !geometry).length;
    return html`
      <p class="quiet">${t('records', { n: number(items.features.length) })}${unplaced ? html`; ${t('unlocatedRows', { n: number(unplaced) })}` : nothing}</p>
      ${cutNote(items)}
      ${all.length ? html`<fieldset><legend>${pick(layer.legend!.title)}</legend>
        ${all.map(({ value, count, shown }) => {
          const label = layer.legend!.values.find((choice) => choice.value === value)?.label;
          return html`<label><input type="checkbox" .checked=${shown} @change=${() => this.choose(layer, layer.legend!, toggled(all, value))} />
            ${key(layer, model.colours.get(layer.id)?.get(value) ?? 'var(--grey)')}<span>${label ? pick(label) : t('none')}</span><span class="count">${number(count)}</span></label>`;
        })}</fieldset>` : nothing}
      ${this.filters(layer)}
    `;
  }

  /** One choice for each other enumeration. */
  private filters(layer: Layer) {
    const fields = layer.fields.filter((field) => field !== layer.legend && (field.values.length || field.type === 'boolean'));
    if (!fields.length) return nothing;
    const chosen = model.view.filters[layer.id] ?? {};
    const active = fields.filter(({ name }) => chosen[name]?.length).length;
    return html`<details class="filters" ?open=${active > 0}>
      <summary>${t('filters')}${active ? ` (${active})` : ''}</summary>
      ${fields.map((field) => html`<label>${pick(field.title)}
        <select @change=${(event: Event) => this.choose(layer, field, [(event.target as HTMLSelectElement).value].filter(Boolean))}>
          <option value="">${t('any')}</option>
          ${choices(field).map(([value, text]) => html`<option value=${value} ?selected=${chosen[field.name]?.includes(value)}>${text}</option>`)}
        </select></label>`)}
      ${active ? html`<button type="button" @click=${() => this.clear(layer)}>${t('clearFilters')}</button>` : nothing}
    </details>`;
  }

  private turn({ id }: Layer) {
    const on = model.view.on ?? [];
    model.change({ on: on.includes(id) ? on.filter((other) => other !== id) : [...on, id] });
  }

  private choose({ id }: Layer, { name }: Field, values: string[]) {
    const { filters } = model.view;
    model.change({ filters: { ...filters, [id]: { ...filters[id], [name]: values } } });
  }

  private clear({ id }: Layer) {
    model.change({ filters: { ...model.view.filters, [id]: {} } });
  }
}

function choices({ values, type }: Field): [string, string][] {
  if (type === 'boolean') return [['true', t('yes')], ['false', t('no')]];
  return values.map(({ value, label }) => [value, pick(label)]);
}

/** How a record of the layer looks on the map. */
export function key(layer: Layer, colour: string) {
  if (layer.geometry === 'line') return html`<svg class="key" viewBox="0 0 22 22" aria-hidden="true"><path d="M2 15L9 8l5 5 6-7" fill="none" stroke=${colour} stroke-width="3"></path></svg>`;
  if (layer.geometry === 'area') return html`<svg class="key" viewBox="0 0 22 22" aria-hidden="true"><path d="M3 5h16v12H3z" fill=${colour} fill-opacity=".3" stroke=${colour} stroke-width="2"></path></svg>`;
  return html`<svg class="key" viewBox="0 0 22 22" aria-hidden="true"><path d=${outline(model.layers.indexOf(layer))} fill=${colour}></path></svg>`;
}
