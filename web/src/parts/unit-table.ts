/** The communes as a table that sorts: the headlines and the figure that shades the map. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { csvAddress, type Figure, type UnitShape } from '../api/figures';
import { number, signed, t } from '../texts';
import { model } from '../view/model';
import { property, properties, title, type Property } from '../view/property';
import { valueOf } from '../view/shading';
import { icon } from './icons';
import { answered, Part } from './part';
import './shade-control';

@customElement('unit-table')
export class UnitTable extends Part {
  @state() private by = 'name';
  @state() private falling = false;

  protected override render() {
    return html`
      <shade-control></shade-control>
      <p class="actions"><a href=${csvAddress(model.view.home, model.view)} download>${icon('download')}${t('csv')}</a></p>
      ${answered(model.shapes(), (shapes) => this.table(shapes))}
    `;
  }

  private table(shapes: UnitShape[]) {
    const columns = this.columns(shapes);
    const loose = model.unassigned();
    const home = model.figures(model.view.home).value?.figures;
    return html`<p class="quiet">${t('tableCaption')}</p><div class="scroll" tabindex="0" role="region" aria-label=${t('table')}><table>
      <caption class="unseen">${t('tableCaption')}</caption>
      <thead><tr>${this.head('name', t('unit'))}${columns.map((column) => this.head(column.name, title(column, model.layers)))}</tr></thead>
      <tbody>${this.sorted(shapes).map((shape) => html`<tr class=${model.view.selected === `unit/${shape.properties!['code']}` ? 'chosen' : ''}>
        <th scope="row"><button type="button" class="textual" @click=${() => model.change({ selected: `unit/${shape.properties!['code']}`, rows: '', tab: 'figures' })}>${shape.properties!['name']}</button></th>
        ${columns.map((column) => html`<td>${cell(valueOf(shape, column.name), column)}</td>`)}</tr>`)}</tbody>
      <tfoot>
        ${loose.value ? html`<tr class="unassigned"><th scope="row">${t('unassigned')}</th>${columns.map((column) => html`<td>${cell(part(loose.value, column), column)}</td>`)}</tr>` : nothing}
        <tr><th scope="row">${t('sum')}</th>${columns.map((column) => html`<td>${cell(part(home, column), column)}</td>`)}</tr>
      </tfoot>
    </table></div>${answered(loose, () => nothing)}`;
  }

  /** What shades the map first, then one column for each headline. */
  private columns(shapes: UnitShape[]): Property[] {
    const shade = property(model.view.shade ?? '', model.definitions);
    const heads = properties(shapes, model.definitions).filter(({ definition, suffix }) => definition.headline && (suffix === (definition.denominator ? 'percent' : '') || (!definition.by && !definition.denominator && suffix === 'delta')));
    return [...(shade ? [shade] : []), ...heads.filter(({ name }) => name !== shade?.name)];
  }

  private head(name: string, text: string) {
    const sorted = this.by === name ? (this.falling ? 'descending' : 'ascending') : nothing;
    return html`<th scope="col" aria-sort=${sorted}><button type="button" title=${t('sortBy', { what: text })} @click=${() => this.sort(name)}>${text}<span aria-hidden="true">${this.by === name ? (this.falling ? ' ↓' : ' ↑') : ''}</span></button></th>`;
  }

  private sort(name: string) {
    this.falling = this.by === name ? !this.falling : name !== 'name';
    this.by = name;
  }

  private sorted(shapes: UnitShape[]): UnitShape[] {
    const turn = this.falling ? -1 : 1;
    const text = (shape: UnitShape) => String(shape.properties!['name']);
    return [...shapes].sort((a, b) => {
      if (this.by === 'name') return turn * text(a).localeCompare(text(b), 'vi');
      const [x, y] = [valueOf(a, this.by), valueOf(b, this.by)];
      return x === undefined || y === undefined ? Number(x === undefined) - Number(y === undefined) : turn * (x - y) || text(a).localeCompare(text(b), 'vi');
    });
  }
}

/** A column's figure of what has no polygon: the home by its own counts, as percentages are never averaged, and what lies in no commune. */
function part(figures: Record<string, Figure> | undefined, { definition, suffix }: Property): number | undefined {
  const figure = figures?.[definition.code];
  if (suffix === 'delta') return figure?.delta?.value;
  if (suffix === 'percent') return figure?.percent ?? undefined;
  return suffix ? figure?.values?.[suffix] : (figure?.value ?? undefined);
}

function cell(value: number | undefined, { suffix }: Property): string {
  if (value === undefined) return '–';
  return suffix === 'delta' ? signed(value) : `${number(value)}${suffix === 'percent' ? '%' : ''}`;
}
