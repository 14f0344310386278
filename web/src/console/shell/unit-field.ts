/** A box in which one types the name of a unit and chooses it: a combobox. Fires `unit` with `code@day`, or `''` for none. */
import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { today } from '../../view/address';
import { findUnits, unitName, type Unit } from './known';
import { t } from './texts';
import './unit-field.css';

const TYPING_MS = 200;
let fields = 0;

@customElement('unit-field')
export class UnitField extends LitElement {
  @property() label = '';
  /** `code@day`, or empty. */
  @property() value = '';
  /** The day whose units are offered. */
  @property() on = today();
  /** Whether the label is only for screen readers. */
  @property({ type: Boolean }) bare = false;
  @state() private text = '';
  @state() private typed = '';
  @state() private isOpen = false;
  @state() private active = 0;
  private readonly field = `unit-field-${++fields}`;

  private search = new Task(this, {
    args: () => [this.typed.trim(), this.on] as const,
    task: async ([text, on], { signal }): Promise<Unit[]> => {
      if (!text) return [];
      await new Promise((done) => setTimeout(done, TYPING_MS));
      signal.throwIfAborted();
      const units = await findUnits(text, on, signal);
      this.active = 0;
      return units;
    },
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('value')) return;
    this.text = '';
    const { value } = this;
    if (value) void unitName(value).then((name) => value === this.value && (this.text = name));
  }

  private get options(): Unit[] {
    return this.isOpen && this.typed.trim() ? (this.search.value ?? []) : [];
  }

  protected override render() {
    const { options, field } = this;
    const active = options[this.active];
    return html`<label for=${field} class=${this.bare ? 'unseen' : ''}>${this.label}</label>
      <input
        id=${field}
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        aria-autocomplete="list"
        aria-expanded=${options.length > 0}
        aria-controls="${field}-options"
        aria-activedescendant=${active ? `${field}-${this.active}` : nothing}
        placeholder=${t('unitHint')}
        .value=${this.text}
        @input=${this.type}
        @keydown=${this.press}
        @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
        @blur=${this.leave}
      />
      <div id="${field}-options" class="options" role="listbox" aria-label=${this.label} ?hidden=${!options.length}>
        ${options.map(
          (unit, i) =>
            html`<div
              role="option"
              id="${field}-${i}"
              aria-selected=${i === this.active}
              @mousedown=${(event: Event) => event.preventDefault()}
              @click=${() => this.choose(unit)}
            >
              ${unit.name}<small>${unit.id.split('@')[0]}</small>
            </div>`,
        )}
      </div>`;
  }

  private type(event: Event) {
    this.text = this.typed = (event.target as HTMLInputElement).value;
    this.isOpen = true;
  }

  private press(event: KeyboardEvent) {
    const { options } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      this.active = (this.active + step + options.length) % options.length;
      event.preventDefault();
    } else if (event.key === 'Enter' && options[this.active]) {
      event.preventDefault();
      this.choose(options[this.active]!);
    } else if (event.key === 'Escape' && options.length) {
      event.preventDefault();
      event.stopPropagation();
      this.isOpen = false;
    }
  }

  private choose(unit: Unit) {
    this.isOpen = false;
    this.typed = '';
    this.text = unit.name;
    this.tell(unit.id);
  }

  /** An emptied box is no unit; a text that was not chosen gives way to the unit before. */
  private leave() {
    this.isOpen = false;
    if (!this.typed && this.text) return;
    this.typed = '';
    if (!this.text.trim()) this.tell('');
    else void unitName(this.value).then((name) => (this.text = this.value ? name : ''));
  }

  private tell(value: string) {
    if (value === this.value) return;
    this.value = value;
    this.dispatchEvent(new CustomEvent('unit', { detail: value }));
  }
}
