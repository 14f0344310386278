/** The legend on the map: shades of the communes, symbols of the layers that are on. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shapes, type UnitShape } from '../api/figures';
import { number, t } from '../texts';
import { communesAddress } from '../view/addresses';
import { property, title } from '../view/property';
import { Question } from '../view/question';
import { shading, type Shading } from '../view/shading';
import './legend-layer';
import { Part } from './part';
import './map-legend.css';

/** On a narrow screen the legend is closed at first. */
const wide = matchMedia('(min-width: 760px)');

@customElement('map-legend')
export class MapLegend extends Part {
  private shapes = new Question<UnitShape[]>(this, () => communesAddress(this.model), shapes);

  protected override render() {
    const { layers, view } = this.model;
    const shaded = shading(view, this.shapes.shown);
    const on = layers.filter(({ id, legend }) => legend && this.model.isOn(id));
    if (!shaded && !on.length) return nothing;
    return html`<details class="legend" ?open=${wide.matches}>
      <summary>${t('legend')}</summary>
      ${shaded ? this.classes(shaded) : nothing}
      ${repeat(
        on,
        ({ id }) => id,
        (layer) => html`<legend-layer .layer=${layer}></legend-layer>`,
      )}
      ${on.length ? html`<p class="quiet">${t('notOperational')}</p>` : nothing}
    </details>`;
  }

  private classes({ classes, without }: Shading) {
    const found = property(this.model.view.shade ?? '', this.model.definitions);
    if (!found) return nothing;
    return html`<section>
      <h3>${title(found, this.model.layers)}</h3>
      <ul class="classes">
        ${classes.map(
          ({ from, to, colour, count }) =>
            html`<li>
              <i .style=${`background: ${colour}`}></i><span>${number(from)}${from === to ? '' : ` – ${number(to)}`}</span>
              <span class="count" title=${t('classUnits', { n: count })}>${count}</span>
            </li>`,
        )}
        ${without ? html`<li><i></i><span>${t('noValue')}</span><span class="count">${without}</span></li>` : nothing}
      </ul>
    </section>`;
  }
}
