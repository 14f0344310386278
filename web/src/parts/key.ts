/** The symbol of a layer or of a value, for legends. */
import { html, svg } from 'lit';
import type { Layer } from '../api/layers';
import { outline } from '../map/symbols';
import type { Model } from '../view/model';

export function key(model: Model, layer: Layer, value: string) {
  const colour = model.colours.get(layer.id)?.get(value) ?? 'var(--grey)';
  return html`<svg class="key" viewBox="0 0 22 22" aria-hidden="true">${shape(model, layer, colour)}</svg>`;
}

function shape({ layers }: Model, layer: Layer, colour: string) {
  if (layer.geometry === 'line') return svg`<path d="M2 15L9 8l5 5 6-7" fill="none" stroke=${colour} stroke-width="3"></path>`;
  if (layer.geometry === 'area')
    return svg`<path d="M3 5h16v12H3z" fill=${colour} fill-opacity=".3" stroke=${colour} stroke-width="2"></path>`;
  const { ground, picture } = outline(layer, layers.indexOf(layer));
  return svg`<path d=${ground} fill=${colour}></path><path d=${picture} fill="none" stroke="#fff" stroke-width="1.5"></path>`;
}
