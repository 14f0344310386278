/** By which figure the communes are shaded, and how its values are parted. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Classing } from '../colour/classes';
import { pick, t } from '../texts';
import { model } from '../view/model';
import { offered, property, title } from '../view/property';
import { Part } from './part';

const CLASSINGS: Classing[] = ['quantile', 'equal', 'jenks'];

@customElement('shade-control')
export class ShadeControl extends Part {
  protected override render() {
    const { shade, classing } = model.view;
    const groups = new Map<string, string[]>();
    for (const definition of model.definitions) {
      const layer = model.layers.find(({ id }) => id === definition.collection);
      const group = layer ? pick(layer.title) : definition.collection;
      groups.set(group, [...(groups.get(group) ?? []), ...offered(definition, model.layers)]);
    }
    return html`
      <label>${t('shade')}
        <select class="shade" @change=${(event: Event) => model.change({ shade: (event.target as HTMLSelectElement).value })}>
          <option value="" ?selected=${!shade}>${t('noShade')}</option>
          ${[...groups].map(([group, names]) => html`<optgroup label=${group}>${names.map((name) => {
            const found = property(name, model.definitions);
            return html`<option value=${name} ?selected=${name === shade}>${found ? title(found, model.layers) : name}</option>`;
          })}</optgroup>`)}
        </select>
      </label>
      <label>${t('classing')}
        <select class="classing" ?disabled=${!shade} @change=${(event: Event) => model.change({ classing: (event.target as HTMLSelectElement).value as Classing })}>
          ${CLASSINGS.map((name) => html`<option value=${name} ?selected=${name === classing}>${t(name)}</option>`)}
        </select>
      </label>
    `;
  }
}
