/** A date of three parts, in Vietnam's order in every browser and language: 20/9/2023. Pasting a whole date fills all of them. */
import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from './texts';
import './date-field.css';

const PARTS = ['day', 'month', 'year'] as const;
type Part = (typeof PARTS)[number];

/** Dispatches `value` with `YYYY-MM-DD`, `null` when it is empty, or the unfinished text such as `20/9/`. */
@customElement('date-field')
export class DateField extends LitElement {
  /** The prefix of the ids of its inputs. */
  @property() name = 'date';
  @property() value: string | null | undefined;
  @property({ type: Boolean }) invalid = false;
  @property() describedBy = '';
  private parts: Record<Part, string> = { day: '', month: '', year: '' };

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>) {
    if (changed.has('value') && (this.value ?? '') !== (written(this.parts) ?? '')) this.parts = split(this.value ?? '');
  }

  protected override render() {
    return html`<div class="date" @paste=${this.paste}>
      ${PARTS.map(
        (part) =>
          html`<label for="${this.name}-${part}"
            ><span>${t(part)}</span
            ><input
              id="${this.name}-${part}"
              inputmode="numeric"
              autocomplete="off"
              maxlength=${part === 'year' ? 4 : 2}
              .value=${this.parts[part]}
              aria-invalid=${this.invalid}
              aria-describedby=${this.describedBy}
              @input=${(event: InputEvent) => this.type(part, event)}
          /></label>`,
      )}
      <button type="button" @click=${this.setToday}>${t('today')}</button>
    </div>`;
  }

  private type(part: Part, event: InputEvent) {
    const input = event.target as HTMLInputElement;
    const isLeft = /[/.\-\s]$/.test(input.value);
    input.value = input.value.replace(/\D/g, '');
    this.parts = { ...this.parts, [part]: input.value };
    this.tell();
    const isFull = input.value.length === 2 || (input.value.length === 1 && Number(input.value) > (part === 'day' ? 3 : 1));
    if (part !== 'year' && input.value && (isFull || isLeft)) {
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

  private set(iso: string) {
    this.parts = split(iso);
    this.requestUpdate();
    this.tell();
  }

  private tell() {
    this.value = written(this.parts);
    this.dispatchEvent(new CustomEvent('value', { detail: this.value }));
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
