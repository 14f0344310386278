/** One row with what is wrong in it: each cell beside its reason, with its suggestions. */
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { pick } from '../../texts';
import { icon } from '../shell/icons';
import { ImportPart } from './part';
import { columnsOf, columnsOfField, suggested, type Finding, type Row } from './plan';
import { degrees, waitingFor } from './step-rows';
import { t } from './texts';
import { valueInput, type Choice } from './value-input';

@customElement('row-card')
export class RowCard extends ImportPart {
  @property({ attribute: false }) row!: Row;
  @property({ attribute: false }) findings!: Finding[];
  @property({ type: Boolean, reflect: true }) active = false;

  protected override render() {
    const { row, findings } = this;
    const name = this.cell('name');
    const fields = [...new Set(findings.map(({ field }) => field))];
    return html`<article class="card">
      <h3 tabindex="-1">${t('row', { n: row.row })}${name ? html` · <span>${name}</span>` : nothing}</h3>
      ${fields.map((field) =>
        this.problem(
          field,
          findings.filter((finding) => finding.field === field),
        ),
      )}
      <details>
        <summary>${t('wholeRow')}</summary>
        <div class="cells">${this.cells().map((field) => this.edited(field, `cell-${row.nth}-${field}`))}</div>
      </details>
    </article>`;
  }

  private problem(field: string | null, findings: Finding[]) {
    const isWritable = field !== null && (field === 'geom' || this.field(field) !== undefined);
    return html`<div class="problem">
      ${findings.map(
        ({ severity, message }) => html`<p class=${severity}><span class="unseen">${t(`severity.${severity}`)}: </span>${message}</p>`,
      )}
      ${isWritable ? this.edited(field, `fix-${this.row.nth}-${field}`) : nothing}
      ${
        field && findings.some((finding) => suggested(finding).length)
          ? html`<p class="suggestions">
              ${findings
                .flatMap(suggested)
                .map(
                  (value) => html`<button type="button" @click=${() => this.correct(field, value)}>${this.offer(field, value)}</button>`,
                )}
            </p>`
          : nothing
      }
    </div>`;
  }

  /** Which number of a place is which is said, since they may have been swapped. */
  private offer(field: string, value: string): string {
    const [lon, lat] = (field === 'geom' && degrees(value)) || [];
    return lon === undefined || lat === undefined ? t('take', { value }) : t('takePlace', { lon, lat });
  }

  /** The fields of the row's columns. */
  private cells(): string[] {
    const targets = columnsOf(this.plan, this.row.sheet).map(({ target }) => target.split('=')[0]!);
    const hasPlace = columnsOfField(columnsOf(this.plan, this.row.sheet), 'geom').length > 0;
    const names = targets.filter((name) => this.field(name));
    return [...new Set([...names, ...(hasPlace ? ['geom'] : [])])];
  }

  private edited(field: string, id: string) {
    const waiting = waitingFor(this.work.draft.pending.cells, this.row, field);
    const value = waiting ?? this.cell(field);
    const choices = this.choices(field, value);
    const label = this.titleOf(field);
    const hint = field === 'geom' ? '19.81712, 105.73345' : this.field(field)?.type === 'date' ? '20/9/2023' : undefined;
    return html`<div class="field">
      <label for=${id}>${label}</label>
      ${valueInput({ id, label, value, choices, hint }, (text) => this.correct(field, text))}
      ${
        field === 'geom'
          ? html`<button type="button" class="textual" @click=${this.place}>${icon('place')} ${t('placeOnMap')}</button>`
          : nothing
      }
      ${waiting === undefined ? nothing : html`<span class="quiet" role="status">${t('checking')}</span>`}
    </div>`;
  }

  /** The values of an enumeration as the sheet would write them, with what the cell holds. */
  private choices(field: string, value: string): Choice[] {
    const values = this.field(field)?.values ?? [];
    if (!values.length) return [];
    const choices = values.map(({ label }) => ({ value: label.vi, text: pick(label) }));
    const isKnown = !value || choices.some((choice) => choice.value === value);
    return isKnown ? choices : [{ value, text: `“${value}”` }, ...choices];
  }

  /** What the cells of a field hold. */
  private cell(field: string): string {
    const columns = columnsOfField(columnsOf(this.plan, this.row.sheet), field);
    return columns
      .map(({ column }) => this.row.cells[column] ?? '')
      .filter(Boolean)
      .join(', ');
  }

  private place = () => this.dispatchEvent(new CustomEvent('place-row', { detail: this.row.nth, bubbles: true }));

  private correct(field: string, value: string) {
    const { sheet, row } = this.row;
    this.work.say({ cells: [{ sheet, row, field, value }] });
  }
}
