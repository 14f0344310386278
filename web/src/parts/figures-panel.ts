/** The figures of the unit: headlines as cards, shares as bars, all others below, and the quality of the data. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Definition, Figure, UnitFigures } from '../api/figures';
import { number, pick, t, tOr } from '../texts';
import { model } from '../view/model';
import { short } from '../view/property';
import { changeOf, partition, rowsButton, share } from './figure';
import { answered, Part } from './part';

@customElement('figures-panel')
export class FiguresPanel extends Part {
  /** The rest is made when it is opened first. */
  @state() private opened = false;

  protected override render() {
    return answered(model.described ? model.figures() : {}, (answer) => this.show(answer));
  }

  private show({ figures, quality }: UnitFigures) {
    const known = model.definitions.filter(({ code }) => figures[code]);
    const heads = known.filter(({ headline }) => headline);
    const rest = known.filter(({ headline }) => !headline);
    return html`
      ${heads.filter((definition) => isSum(definition)).map((definition) => this.card(definition, heads, figures))}
      ${grouped(heads.filter(({ denominator }) => denominator)).map(([title, group]) => this.shares(title, group, figures))}
      <details class="more" @toggle=${() => (this.opened = true)}>
        <summary>${t('moreFigures')} (${rest.length})</summary>
        ${this.opened ? this.others(rest, figures) : nothing}
      </details>
      ${this.quality(quality)}
    `;
  }

  private others(rest: Definition[], figures: Record<string, Figure>) {
    return html`
        ${rest.filter(isSum).map((definition) => this.line(definition, figures[definition.code]!))}
        ${grouped(rest.filter(({ denominator }) => denominator)).map(([title, group]) => this.shares(title, group, figures))}
        ${rest.filter(({ by }) => by).map((definition) => html`<section class="card"><h3>${short(pick(definition))}</h3>${partition(definition, figures[definition.code]!)}</section>`)}
    `;
  }

  private card(definition: Definition, heads: Definition[], figures: Record<string, Figure>) {
    const figure = figures[definition.code]!;
    const parts = heads.filter(({ part_of }) => part_of === definition.code);
    return html`<section class="card" data-code=${definition.code}>
      <h3>${short(pick(definition))}</h3>
      <p class="big">
        ${rowsButton(definition.code, pick(definition), html`<strong>${figure.value == null ? '–' : number(figure.value)}</strong> ${tOr(`unit.${figure.unit}`, figure.unit)}`)}
        ${changeOf(figure.delta)}
      </p>
      ${parts.map((part) => partition(part, figures[part.code]!))}
    </section>`;
  }

  private shares(title: string, group: Definition[], figures: Record<string, Figure>) {
    return html`<section class="card"><h3>${title}</h3><ul class="shares">${group.map((definition) => share(definition, figures[definition.code]!))}</ul></section>`;
  }

  private line(definition: Definition, figure: Figure) {
    return html`<section class="line" data-code=${definition.code}>
      <span>${short(pick(definition))}</span>
      <span>${rowsButton(definition.code, pick(definition), html`<strong>${figure.value == null ? '–' : number(figure.value)}</strong>`)} ${changeOf(figure.delta, true)}</span>
    </section>`;
  }

  private quality(quality: Record<string, number>) {
    const found = Object.entries(quality).filter(([, count]) => count > 0);
    if (!found.length) return nothing;
    return html`<section class="card quality"><h3>${t('quality')}</h3>
      <ul>${found.map(([name, count]) => html`<li><strong>${number(count)}</strong> ${tOr(`quality.${name}`, name)}</li>`)}</ul>
    </section>`;
  }
}

function isSum({ denominator, by }: Definition): boolean {
  return !denominator && !by;
}

/** Shares under the title of the layer whose records they count. */
function grouped(definitions: Definition[]): [string, Definition[]][] {
  const groups = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const layer = model.layers.find(({ id }) => id === definition.collection);
    const title = layer ? pick(layer.title) : definition.collection;
    groups.set(title, [...(groups.get(title) ?? []), definition]);
  }
  return [...groups];
}
