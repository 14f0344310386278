/** A date of three parts, in Vietnam's order in every browser and language: 20/9/2023. Pasting a whole date fills all of them. */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { day, t, within } from '../texts';
import { icon } from './icons';
import './date-field.css';

const PARTS = ['day', 'month', 'year'] as const;
type Part = (typeof PARTS)[number];

/**
 * Dispatches `value` at every key with `YYYY-MM-DD`, `null` when it is empty, or the unfinished text such as `20/9/`; and `date` with a
 * whole day or `null` once that is entered. In a form it is an input with the day as its value, which does not let go what is no day.
 */
@customElement('date-field')
export class DateField extends LitElement {
  static formAssociated = true;
  /** Its name in a form, and the prefix of the ids of its inputs. */
  @property({ reflect: true }) name = 'date';
  @property() value: string | null | undefined;
  @property({ type: Boolean }) invalid = false;
  @property() describedBy = '';
  /** A small box with its label above, for conditions; otherwise three boxes that something else labels. */
  @property({ type: Boolean }) compact = false;
  @property() label = '';
  @property({ type: Boolean }) required = false;
  /** The first and last day that may be entered. */
  @property() min = '';
  @property() max = '';
  /** Whether the reader has left it or typed the year, so that an unfinished day is a mistake. */
  @state() private isLeft = false;
  private parts: Record<Part, string> = { day: '', month: '', year: '' };
  /** What `date` told last. */
  private told: string | null = null;
  private internals = this.attachInternals();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override focus() {
    this.querySelector('input')?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('value') || (this.value ?? '') === (written(this.parts) ?? '')) return;
    this.parts = split(this.value ?? '');
    this.told = written(this.parts);
  }

  protected override updated() {
    const { value } = this;
    this.internals.setFormValue(value && isDate(value) ? value : '');
    const { problem } = this;
    if (problem) this.internals.setValidity({ customError: true }, problem, this.querySelector('input')!);
    else this.internals.setValidity({});
  }

  /** What is wrong with what stands there. */
  private get problem(): string {
    const { value, min, max } = this;
    if (!value) return this.required ? t('incompleteDate') : '';
    if (!isDate(value)) return t('incompleteDate');
    if (max && value > max) return t('lastDay', { date: day(max) });
    return min && value < min ? t('firstDay', { date: day(min) }) : '';
  }

  protected override render() {
    return this.compact ? this.box() : this.boxes();
  }

  private boxes() {
    return html`<div class="date" @paste=${this.paste} @focusout=${this.leave} @keydown=${this.press}>
      ${PARTS.map((part) => html`<label for="${this.name}-${part}"><span>${t(part)}</span>${this.input(part)}</label>`)}
      <button type="button" @click=${this.setToday}>${t('today')}</button>
    </div>`;
  }

  private box() {
    const wrong = this.isLeft ? this.problem : '';
    const id = `${this.name}-wrong`;
    return html`<div
      class="date small"
      role="group"
      aria-label=${this.label}
      @paste=${this.paste}
      @focusout=${this.leave}
      @keydown=${this.press}
    >
      <span class="of" aria-hidden="true">${this.label}</span>
      <span class="box">
        ${PARTS.map((part, i) => html`${i ? html`<span aria-hidden="true">/</span>` : nothing}${this.input(part, wrong ? id : '')}`)}
        <button type="button" class="tool" title=${t('calendar')} aria-label="${t('calendar')}: ${this.label}" @click=${this.open}>
          ${icon('calendar')}
        </button>
        <input
          class="picker"
          type="date"
          tabindex="-1"
          aria-hidden="true"
          min=${this.min || nothing}
          max=${this.max || nothing}
          .value=${this.value && isDate(this.value) ? this.value : ''}
          @change=${(event: Event) => this.set((event.target as HTMLInputElement).value)}
        />
      </span>
      ${wrong ? html`<span class="wrong" id=${id} role="alert">${wrong}</span>` : nothing}
    </div>`;
  }

  private input(part: Part, wrong = '') {
    return html`<input
      id="${this.name}-${part}"
      class=${part}
      inputmode="numeric"
      autocomplete="off"
      maxlength=${part === 'year' ? 4 : 2}
      placeholder=${this.compact ? within(t(part)) : nothing}
      aria-label=${this.compact ? t(part) : nothing}
      .value=${this.parts[part]}
      aria-invalid=${this.invalid || wrong !== ''}
      aria-describedby=${[this.describedBy, wrong].filter(Boolean).join(' ') || nothing}
      @input=${(event: InputEvent) => this.type(part, event)}
    />`;
  }

  private type(part: Part, event: InputEvent) {
    const input = event.target as HTMLInputElement;
    const isLeft = /[/.\-\s]$/.test(input.value);
    input.value = input.value.replace(/\D/g, '');
    this.parts = { ...this.parts, [part]: input.value };
    this.tell();
    const isFull = input.value.length === 2 || (input.value.length === 1 && Number(input.value) > (part === 'day' ? 3 : 1));
    if (part === 'year' && input.value.length === 4) this.settle();
    else if (part !== 'year' && input.value && (isFull || isLeft)) {
      const next = this.querySelector<HTMLInputElement>(`#${CSS.escape(`${this.name}-${PARTS[PARTS.indexOf(part) + 1]}`)}`);
      next?.focus();
      next?.select();
    }
  }

  private paste(event: ClipboardEvent) {
    const text = event.clipboardData?.getData('text').trim() ?? '';
    const found = /^(\d{1,2})\D(\d{1,2})\D(\d{4})$/.exec(text);
    const iso = /^\d{4}-\d\d-\d\d$/.test(text) ? text : found && `${found[3]}-${found[2]!.padStart(2, '0')}-${found[1]!.padStart(2, '0')}`;
    if (!iso) return;
    event.preventDefault();
    this.set(iso);
  }

  private setToday() {
    this.set(new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10));
  }

  /** The browser's calendar. A frame of another site may not open it. */
  private open() {
    try {
      this.querySelector<HTMLInputElement>('.picker')?.showPicker();
    } catch {
      this.focus();
    }
  }

  private set(iso: string) {
    this.parts = split(iso);
    this.requestUpdate();
    this.tell();
    this.settle();
  }

  private press(event: KeyboardEvent) {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) this.settle();
  }

  private leave(event: FocusEvent) {
    if (this.contains(event.relatedTarget as Node | null)) return;
    this.settle();
  }

  private tell() {
    this.value = written(this.parts);
    this.isLeft = false;
    this.dispatchEvent(new CustomEvent('value', { detail: this.value }));
  }

  private settle() {
    this.isLeft = true;
    const value = written(this.parts);
    if (this.problem || value === this.told) return;
    this.told = value;
    this.dispatchEvent(new CustomEvent('date', { detail: value }));
  }
}

function split(value: string): Record<Part, string> {
  const iso = /^(\d{4})-(\d\d)-(\d\d)/.exec(value);
  if (iso) return { day: String(Number(iso[3])), month: String(Number(iso[2])), year: iso[1]! };
  const [day = '', month = '', year = ''] = value.split('/');
  return { day, month, year };
}

function written({ day, month, year }: Record<Part, string>): string | null {
  if (!day && !month && !year) return null;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDate(iso) ? iso : `${day}/${month}/${year}`;
}

/** Whether a text is a day of the calendar: 2023-02-30 is none. */
export function isDate(text: string): boolean {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
