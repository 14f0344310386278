/** The legend on the map: shades of the communes, signs of the layers that are on. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { number, pick, t } from '../texts';
import { entries } from '../view/legend';
import { model } from '../view/model';
import { property, title } from '../view/property';
import { shading } from '../view/shading';
import { key } from './layer-list';
import { Part } from './part';
import { cutNote } from './row-list';

/** On a narrow screen the legend opens when asked for. */
const wide = matchMedia('(min-width: 760px)');

@customElement('map-legend')
export class MapLegend extends Part {
  protected override render() {
    const shaded = shading(model);
    const found = property(model.view.shade ?? '', model.definitions);
    const on = model.layers.filter((layer) => layer.legend && model.isOn(layer.id) && entries(model, layer).length);
    if (!shaded && !on.length) return nothing;
    return html`<details class="legend" ?open=${wide.matches}>
      <summary>${t('legend')}</summary>
      ${shaded && found
        ? html`<section><h3>${title(found, model.layers)}</h3><ul class="classes">
            ${shaded.classes.map(({ from, to, colour, count }) => html`<li><i .style=${`background: ${colour}`}></i><span>${number(from)}${from === to ? '' : ` – ${number(to)}`}</span><span class="count" title=${t('classUnits', { n: count })}>${count}</span></li>`)}
            ${shaded.without ? html`<li><i></i><span>${t('noValue')}</span><span class="count">${shaded.without}</span></li>` : nothing}
          </ul></section>`
        : nothing}
      ${on.map((layer) => html`<section><h3>${pick(layer.title)}</h3><ul>
        ${entries(model, layer).filter(({ shown }) => shown).map(({ value }) => {
          const label = layer.legend!.values.find((choice) => choice.value === value)?.label;
          return html`<li>${key(layer, model.colours.get(layer.id)?.get(value) ?? 'var(--grey)')}<span>${label ? pick(label) : t('none')}</span></li>`;
        })}</ul></section>`)}
      ${on.map((layer) => cutNote(model.items(layer).value ?? { features: [], cut: false }))}
      ${on.length ? html`<p class="quiet">${t('notOperational')}</p>` : nothing}
    </details>`;
  }
}
