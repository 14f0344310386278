/** Chooses the figure that shades the communes, and how its values are divided into classes. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Classing } from '../colour/classes';
import { pick, t } from '../texts';
import { offered, property, title } from '../view/property';
import { Part } from './part';
import './shade-control.css';

const CLASSINGS: Classing[] = ['quantile', 'equal', 'jenks'];

@customElement('shade-control')
export class ShadeControl extends Part {
  protected override render() {
    const { shade, classing } = this.model.view;
    const chosen = (event: Event) => (event.target as HTMLSelectElement).value;
    return html`
      <label>
        ${t('shade')}
        <select class="shade" @change=${(event: Event) => this.model.change({ shade: chosen(event) })}>
          <option value="" ?selected=${!shade}>${t('noShade')}</option>
          ${[...this.groups()].map(([group, names]) => html`<optgroup label=${group}>${names.map((name) => this.option(name))}</optgroup>`)}
        </select>
      </label>
      <label>
        ${t('classing')}
        <select
          class="classing"
          ?disabled=${!shade}
          @change=${(event: Event) => this.model.change({ classing: chosen(event) as Classing })}
        >
          ${CLASSINGS.map((name) => html`<option value=${name} ?selected=${name === classing}>${t(name)}</option>`)}
        </select>
      </label>
    `;
  }

  /** The figures to choose from, grouped by the titles of the layers that they count. */
  private groups(): Map<string, string[]> {
    const { definitions, layers } = this.model;
    const groups = new Map<string, string[]>();
    for (const definition of definitions) {
      const layer = layers.find(({ id }) => id === definition.collection);
      const group = layer ? pick(layer.title) : definition.collection;
      groups.set(group, [...(groups.get(group) ?? []), ...offered(definition, layers)]);
    }
    return groups;
  }

  private option(name: string) {
    const found = property(name, this.model.definitions);
    return html`<option value=${name} ?selected=${name === this.model.view.shade}>
      ${found ? title(found, this.model.layers) : name}
    </option>`;
  }
}
