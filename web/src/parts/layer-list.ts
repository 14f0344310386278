/** The layers, and the control that shades the communes. All of it comes from the API. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Layer } from '../api/layers';
import { t } from '../texts';
import './layer-card';
import { Part } from './part';
import './shade-control';
import './layer-list.css';

@customElement('layer-list')
export class LayerList extends Part {
  protected override render() {
    const { layers } = this.model;
    return html`
      ${list(layers.filter(({ unitLevel }) => !unitLevel))}
      <h3>${t('otherUnits')}</h3>
      <shade-control></shade-control>
      ${list(layers.filter(({ unitLevel }) => unitLevel && unitLevel !== 'commune'))}
    `;
  }
}

function list(layers: Layer[]) {
  const card = (layer: Layer) => html`<li><layer-card .layer=${layer}></layer-card></li>`;
  return html`<ul class="layers">
    ${repeat(layers, ({ id }) => id, card)}
  </ul>`;
}
