/** One field of a record, with its label, its control and what is wrong with it. Register, record pages and bulk edits use it. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../parts/date-field';
import { number, pick, t as general, tOr } from '../../texts';
import './record-picker';
import type { FormField } from './schema';
import { t } from './texts';
import './field-input.css';

/** A list of so few values is shown as buttons, so that a choice is one touch. */
const MOST_BUTTONS = 4;
/** A text that may be longer gets several lines. */
const LONG_TEXT = 300;

export interface FieldValue {
  name: string;
  value: unknown;
}

/** Dispatches `field` with a `FieldValue`, at every change. A value that cannot be read stays the text that was typed. */
@customElement('field-input')
export class FieldInput extends LitElement {
  @property({ attribute: false }) field!: FormField;
  @property({ attribute: false }) value: unknown;
  /** What is wrong with the value. */
  @property({ attribute: false }) problems: string[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override focus() {
    this.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
  }

  protected override render() {
    const { field, problems } = this;
    const title = html`${pick(field.title)}${field.unit ? html` <small>(${tOr(`measure.${field.unit}`, field.unit)})</small>` : nothing}${
      field.isRequired ? html` <span class="needed" aria-hidden="true">*</span>` : nothing
    }`;
    const wrong = problems.length
      ? html`<p class="wrong" id=${this.problemId}>${problems.map((problem) => html`<span>${problem}</span>`)}</p>`
      : nothing;
    const control = this.control();
    if (this.isGroup())
      return html`<fieldset aria-describedby=${this.problemId}>
        <legend>${title}</legend>
        ${control}${wrong}
      </fieldset>`;
    return html`<label for=${this.inputId}>${title}</label>${control}${wrong}`;
  }

  private get inputId(): string {
    return `field-${this.field.name}`;
  }

  private get problemId(): string {
    return `wrong-${this.field.name}`;
  }

  /** Whether the control has several parts, which a fieldset names. */
  private isGroup(): boolean {
    const { type, isMany, values } = this.field;
    return type === 'date' || type === 'boolean' || isMany || this.isFew(values);
  }

  private isFew(values: unknown[]): boolean {
    return values.length > 0 && this.offered().length <= MOST_BUTTONS;
  }

  /** The values that may be chosen: those in force, and what the record has. */
  private offered() {
    const chosen = [this.value].flat();
    return this.field.values.filter(({ value }) => !this.field.ended.has(value) || chosen.includes(value));
  }

  private control() {
    const { field } = this;
    if (field.isMany) return this.buttons('checkbox');
    if (field.values.length) return this.isFew(field.values) ? this.buttons('radio') : this.select();
    if (field.type === 'boolean') return this.yesNo();
    if (field.type === 'date')
      return html`<date-field
        .name=${this.inputId}
        .value=${this.value as string | null}
        ?invalid=${this.problems.length > 0}
        .describedBy=${this.problemId}
        @value=${({ detail }: CustomEvent<string | null>) => this.tell(detail)}
      ></date-field>`;
    if (field.type === 'reference' || field.type === 'commune')
      return html`<record-picker
        .inputId=${this.inputId}
        .collection=${field.collection}
        .value=${this.value as string | number | null}
        @value=${({ detail }: CustomEvent<string | number | null>) => this.tell(detail)}
      ></record-picker>`;
    return field.type === 'number' ? this.numeric() : this.text();
  }

  private text() {
    const { maxLength } = this.field;
    const type = (event: Event) => this.tell((event.target as HTMLInputElement).value || null);
    if (maxLength && maxLength > LONG_TEXT)
      return html`<textarea
        id=${this.inputId}
        rows="3"
        maxlength=${maxLength}
        .value=${shown(this.value)}
        aria-invalid=${this.problems.length > 0}
        aria-describedby=${this.problemId}
        @input=${type}
      ></textarea>`;
    return html`<input
      id=${this.inputId}
      type=${this.field.type === 'link' ? 'url' : 'text'}
      autocomplete="off"
      maxlength=${maxLength ?? nothing}
      .value=${shown(this.value)}
      aria-invalid=${this.problems.length > 0}
      aria-describedby=${this.problemId}
      @input=${type}
    />`;
  }

  private numeric() {
    const { min, max, isInteger } = this.field;
    const bounds = min !== undefined && max !== undefined ? t('between', { min: number(min), max: number(max) }) : '';
    return html`<input
      id=${this.inputId}
      class="number"
      inputmode=${isInteger ? 'numeric' : 'decimal'}
      autocomplete="off"
      placeholder=${bounds}
      .value=${typeof this.value === 'number' ? written(this.value) : shown(this.value)}
      aria-invalid=${this.problems.length > 0}
      aria-describedby=${this.problemId}
      @change=${(event: Event) => this.tell(parsed((event.target as HTMLInputElement).value))}
    />`;
  }

  private select() {
    const choose = (event: Event) => this.tell((event.target as HTMLSelectElement).value || null);
    return html`<select id=${this.inputId} aria-invalid=${this.problems.length > 0} aria-describedby=${this.problemId} @change=${choose}>
      <option value="" ?selected=${this.value == null}>${t('choose')}</option>
      ${this.offered().map(
        ({ value, label }) =>
          html`<option value=${value} ?selected=${value === this.value}>
            ${this.field.ended.has(value) ? t('ended', { label: pick(label) }) : pick(label)}
          </option>`,
      )}
    </select>`;
  }

  private buttons(type: 'radio' | 'checkbox') {
    const chosen = [this.value].flat();
    const change = (value: string) => {
      if (type === 'radio') return this.tell(value);
      const others = this.offered().filter((other) => (other.value === value) !== chosen.includes(other.value));
      return this.tell(others.map((other) => other.value));
    };
    return html`<div class="options">
      ${this.offered().map(
        ({ value, label }, i) =>
          html`<label
            ><input
              type=${type}
              id=${i === 0 ? this.inputId : nothing}
              name=${this.inputId}
              .checked=${chosen.includes(value)}
              @change=${() => change(value)}
            /><span>${pick(label)}</span></label
          >`,
      )}
      ${
        type === 'radio' && !this.field.isRequired && this.value != null
          ? html`<button type="button" class="textual" @click=${() => this.tell(null)}>${t('remove')}</button>`
          : nothing
      }
    </div>`;
  }

  private yesNo() {
    const options: [string, boolean | null][] = [
      [general('yes'), true],
      [general('no'), false],
      [t('unknown'), null],
    ];
    return html`<div class="options">
      ${options.map(
        ([text, value], i) =>
          html`<label
            ><input
              type="radio"
              id=${i === 0 ? this.inputId : nothing}
              name=${this.inputId}
              .checked=${(this.value ?? null) === value}
              @change=${() => this.tell(value)}
            /><span>${text}</span></label
          >`,
      )}
    </div>`;
  }

  private tell(value: unknown) {
    this.value = value;
    this.dispatchEvent(new CustomEvent<FieldValue>('field', { detail: { name: this.field.name, value }, bubbles: true }));
  }
}

function shown(value: unknown): string {
  return value == null ? '' : String(value as string);
}

function written(value: number): string {
  return new Intl.NumberFormat('vi', { useGrouping: false, maximumFractionDigits: 6 }).format(value);
}

/** `1,5` and `1.5` are the same; what is no number stays as it was typed. */
function parsed(text: string): number | string | null {
  const plain = text.trim().replace(/\s/g, '').replace(',', '.');
  if (!plain) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : text.trim();
}

/** What the page itself sees to be wrong; everything else the service says. */
export function problemOf(field: FormField, value: unknown): string | undefined {
  if (field.isRequired && (value == null || value === '')) return t('required');
  if (typeof value !== 'string') return undefined;
  if (field.type === 'number') return t('notNumber', { given: value });
  if (field.type === 'date' && !/^\d{4}-/.test(value)) return general('incompleteDate');
  return undefined;
}
