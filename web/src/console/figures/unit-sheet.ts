/** The units below as a table that fits an A4 page across: one row each, one column for each headline. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UnitFigures } from '../../api/figures';
import type { Layer } from '../../api/layers';
import { number, pick, t as general } from '../../texts';
import { icon } from '../shell/icons';
import { listBelow, listOf, titleOf, type Definition, type Figure, type Units } from './register';
import { t } from './texts';
import './unit-sheet.css';

@customElement('unit-sheet')
export class UnitSheet extends LitElement {
  @property({ attribute: false }) below!: Units;
  @property({ attribute: false }) whole!: UnitFigures;
  @property({ attribute: false }) definitions: Definition[] = [];
  @property({ attribute: false }) layers: Layer[] = [];
  /** The address of the same as a workbook. */
  @property() file = '';

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { below, whole } = this;
    const columns = this.definitions.filter(({ by }) => !by);
    const title = t('byCommune', { unit: whole.unit.name });
    const unassigned = below.unassigned;
    const isLoose = columns.some(({ code }) => amount(unassigned?.figures[code]));
    return html`<section class="sheet">
      <header>
        <h2>${title}</h2>
        <p class="files"><a class="button" download href=${this.file}>${icon('download')}${t('bookBelow')}</a></p>
      </header>
      <div class="wide" tabindex="0" role="region" aria-label=${title}>
        <table>
          <thead>
            <tr>
              <th scope="col">${general('unit')}</th>
              ${columns.map((definition) => html`<th scope="col">${titleOf(definition)}<small>${pick(definition.unit_label)}</small></th>`)}
            </tr>
          </thead>
          <tbody>
            ${below.units.map(
              ({ unit, figures }) =>
                html`<tr>
                  <th scope="row">${unit.name}</th>
                  ${columns.map((definition) => this.cell(figures[definition.code], definition, listBelow(below, unit.code, definition)))}
                </tr>`,
            )}
          </tbody>
          <tfoot>
            ${
              isLoose
                ? html`<tr>
                    <th scope="row">${general('unassigned')}</th>
                    ${columns.map((definition) => this.cell(unassigned?.figures[definition.code], definition, looseList(below, definition)))}
                  </tr>`
                : nothing
            }
            <tr>
              <th scope="row">${general('sum')}</th>
              ${columns.map((definition) => {
                const figure = whole.figures[definition.code];
                return this.cell(figure, definition, figure?.rows && listOf(definition, figure.rows));
              })}
            </tr>
          </tfoot>
        </table>
      </div>
    </section>`;
  }

  private cell(figure: Partial<Figure> | null | undefined, { denominator }: Definition, list: string | undefined) {
    const text = denominator && figure?.total === 0 ? '–' : (amount(figure, Boolean(denominator)) ?? '0');
    return html`<td>${list && text !== '0' && text !== '–' ? html`<a href=${list}>${text}</a>` : text}</td>`;
  }
}

/** `67/97`, or `421`; undefined for nothing. */
function amount(figure: unknown, isShare = false): string | undefined {
  const { value, covered, total } = (figure ?? {}) as Partial<Figure>;
  if (isShare || total !== undefined) return total ? `${number(covered ?? 0)}/${number(total)}` : undefined;
  return value ? number(value) : undefined;
}

function looseList({ unassigned }: Units, definition: Definition): string | undefined {
  const template = (unassigned as { rows_template?: string } | undefined)?.rows_template;
  return template && listOf(definition, template.replace('{indicator}', definition.code));
}
