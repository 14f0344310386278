/** The communes as a sortable table: the headlines and the figure that shades the map. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { csvAddress, shapes, unassigned, type Figure, type UnitFigures, type UnitShape } from '../api/figures';
import { t } from '../texts';
import { communesAddress, looseAddress, unitAddress } from '../view/addresses';
import { property, properties, title, written, type Property } from '../view/property';
import { Question } from '../view/question';
import { valueOf } from '../view/shading';
import { icon } from './icons';
import { Part } from './part';
import './shade-control';
import './unit-table.css';

type Figures = Record<string, Partial<Figure>>;

@customElement('unit-table')
export class UnitTable extends Part {
  @state() private by = 'name';
  @state() private falling = false;
  private shapes = new Question<UnitShape[]>(this, () => communesAddress(this.model), shapes);
  private loose = new Question<Figures>(this, () => looseAddress(this.model), unassigned);
  private whole = new Question<UnitFigures>(this, () => unitAddress(this.model, this.model.view.home));

  protected override render() {
    const { view } = this.model;
    return html`
      <shade-control></shade-control>
      <p class="actions"><a href=${csvAddress(view.home, view)} download>${icon('download')}${t('csv')}</a></p>
      ${this.answered(this.shapes, (shapes) => this.table(shapes))}
    `;
  }

  private table(shapes: UnitShape[]) {
    const columns = this.columns(shapes);
    const sums = (name: string, figures: Figures | undefined, kind = '') =>
      html`<tr class=${kind}>
        <th scope="row">${name}</th>
        ${columns.map((column) => html`<td>${cell(part(figures, column), column)}</td>`)}
      </tr>`;
    return html`<p class="quiet">${t('tableCaption')}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t('table')}>
        <table>
          <caption class="unseen">
            ${t('tableCaption')}
          </caption>
          <thead>
            <tr>
              ${this.head('name', t('unit'))}${columns.map((column) => this.head(column.name, title(column, this.model.layers)))}
            </tr>
          </thead>
          <tbody>
            ${this.sorted(shapes).map((shape) => this.row(shape, columns))}
          </tbody>
          <tfoot>
            ${this.loose.value ? sums(t('unassigned'), this.loose.value, 'unassigned') : nothing}
            ${sums(t('sum'), this.whole.value?.figures)}
          </tfoot>
        </table>
      </div>
      ${this.answered(this.loose, () => nothing)}`;
  }

  private row(shape: UnitShape, columns: Property[]) {
    const { code, name } = shape.properties;
    const selected = `unit/${String(code)}`;
    const open = () => this.model.change({ selected, rows: '', tab: 'figures' });
    return html`<tr class=${this.model.view.selected === selected ? 'chosen' : ''}>
      <th scope="row"><button type="button" class="textual" @click=${open}>${name}</button></th>
      ${columns.map((column) => html`<td>${cell(valueOf(shape, column.name), column)}</td>`)}
    </tr>`;
  }

  /** The figure that shades the map, then one column for each headline. */
  private columns(shapes: UnitShape[]): Property[] {
    const { definitions, view } = this.model;
    const shade = property(view.shade ?? '', definitions);
    const heads = properties(shapes, definitions).filter(isColumn);
    return [...(shade ? [shade] : []), ...heads.filter(({ name }) => name !== shade?.name)];
  }

  private head(name: string, text: string) {
    const isSorted = this.by === name;
    const order = this.falling ? 'descending' : 'ascending';
    const arrow = this.falling ? ' ↓' : ' ↑';
    return html`<th scope="col" aria-sort=${isSorted ? order : nothing}>
      <button type="button" title=${t('sortBy', { what: text })} @click=${() => this.sort(name)}>
        ${text}<span aria-hidden="true">${isSorted ? arrow : ''}</span>
      </button>
    </th>`;
  }

  private sort(name: string) {
    this.falling = this.by === name ? !this.falling : name !== 'name';
    this.by = name;
  }

  private sorted(shapes: UnitShape[]): UnitShape[] {
    const turn = this.falling ? -1 : 1;
    const byName = (a: UnitShape, b: UnitShape) => String(a.properties.name).localeCompare(String(b.properties.name), 'vi');
    return [...shapes].sort((a, b) => {
      if (this.by === 'name') return turn * byName(a, b);
      const [x, y] = [valueOf(a, this.by), valueOf(b, this.by)];
      if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
      return turn * (x - y) || byName(a, b);
    });
  }
}

/** Whether a headline shows this property: its share in percent, or its value and, if it has no parts, its change. */
function isColumn({ definition, suffix }: Property): boolean {
  const { headline, denominator, by } = definition;
  if (!headline) return false;
  return suffix === (denominator ? 'percent' : '') || (!by && !denominator && suffix === 'delta');
}

/** The value of a column for rows without a polygon: the home, by its own counts since percentages are never averaged, and the records in no commune. */
function part(figures: Figures | undefined, { definition, suffix }: Property): number | undefined {
  const figure = figures?.[definition.code];
  if (suffix === 'delta') return figure?.delta?.value ?? undefined;
  if (suffix === 'percent') return figure?.percent ?? undefined;
  return suffix ? figure?.values?.[suffix] : (figure?.value ?? undefined);
}

function cell(value: number | undefined, column: Property): string {
  return value === undefined ? '–' : written(value, column);
}
