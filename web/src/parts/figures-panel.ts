/** The figures of the unit: headlines as cards, shares as bars, all others below, and the quality of the data. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Definition, Figure, UnitFigures } from '../api/figures';
import { number, pick, t, tOr } from '../texts';
import { unitAddress } from '../view/addresses';
import { short } from '../view/property';
import { Question } from '../view/question';
import { badge, changeOf, partition, publishedOf, rowsButton, share } from './figure';
import { Part } from './part';
import './figures-panel.css';

type Figures = Record<string, Figure>;

@customElement('figures-panel')
export class FiguresPanel extends Part {
  /** The other figures are rendered when they are first opened. */
  @state() private opened = false;
  private figures = new Question<UnitFigures>(this, () => unitAddress(this.model));

  protected override render() {
    return this.answered(this.model.described ? this.figures : {}, (answer) => this.show(answer));
  }

  private show({ figures, quality }: UnitFigures) {
    const known = this.model.definitions.filter(({ code }) => figures[code]);
    const heads = known.filter(({ headline }) => headline);
    const rest = known.filter(({ headline }) => !headline);
    return html`
      ${heads.filter(isSum).map((definition) => this.card(definition, heads, figures))} ${this.shares(heads, figures)}
      <details class="more" @toggle=${() => (this.opened = true)}>
        <summary>${t('moreFigures')} (${rest.length})</summary>
        ${this.opened ? this.others(rest, figures) : nothing}
      </details>
      ${this.quality(quality ?? {})}
    `;
  }

  private others(rest: Definition[], figures: Figures) {
    const card = (definition: Definition) =>
      html`<section class="card">
        <h3>${short(pick(definition))}</h3>
        ${partition(this.model, definition, figures[definition.code]!)}
      </section>`;
    return html`
      ${rest.filter(isSum).map((definition) => this.line(definition, figures[definition.code]!))} ${this.shares(rest, figures)}
      ${rest.filter(({ by }) => by).map(card)}
    `;
  }

  private card(definition: Definition, heads: Definition[], figures: Figures) {
    const figure = figures[definition.code]!;
    const parts = heads.filter(({ part_of }) => part_of === definition.code);
    const amount = html`<strong>${amountOf(figure)}</strong> ${pick(definition.unit_label)}`;
    return html`<section class="card" data-code=${definition.code}>
      <h3>${short(pick(definition))}</h3>
      <p class="big">
        ${rowsButton(this.model, definition.code, pick(definition), amount)} ${changeOf(figure.delta)} ${publishedOf(figure)}
      </p>
      ${parts.map((part) => partition(this.model, part, figures[part.code]!))}
    </section>`;
  }

  /** The shares, grouped by the title of the layer whose records they count. */
  private shares(definitions: Definition[], figures: Figures) {
    const groups = new Map<string, Definition[]>();
    for (const definition of definitions.filter(({ denominator }) => denominator)) {
      const layer = this.model.layers.find(({ id }) => id === definition.collection);
      const title = layer ? pick(layer.title) : definition.collection;
      groups.set(title, [...(groups.get(title) ?? []), definition]);
    }
    return [...groups].map(
      ([title, group]) =>
        html`<section class="card">
          <h3>${title}</h3>
          <ul class="shares">
            ${group.map((definition) => share(this.model, definition, figures[definition.code]!))}
          </ul>
        </section>`,
    );
  }

  private line(definition: Definition, figure: Figure) {
    const amount = html`<strong>${amountOf(figure)}</strong>`;
    return html`<section class="line" data-code=${definition.code}>
      <span>${short(pick(definition))}</span>
      <span>${rowsButton(this.model, definition.code, pick(definition), amount)} ${badge(figure.delta)}</span>
    </section>`;
  }

  private quality(quality: Record<string, number>) {
    const found = Object.entries(quality).filter(([, count]) => count > 0);
    if (!found.length) return nothing;
    return html`<section class="card quality">
      <h3>${t('quality')}</h3>
      <ul>
        ${found.map(([name, count]) => html`<li><strong>${number(count)}</strong> ${tOr(`quality.${name}`, name)}</li>`)}
      </ul>
    </section>`;
  }
}

function isSum({ denominator, by }: Definition): boolean {
  return !denominator && !by;
}

function amountOf({ value }: Figure): string {
  return value == null ? '–' : number(value);
}
