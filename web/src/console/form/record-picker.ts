/** Finds a record of another layer, or a commune by its name: a text with the hits below. */
import { Task, TaskStatus } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { get, query } from '../../api/get';
import { nameOf, type Item, type ItemPage } from '../../api/items';
import { layers } from '../../api/layers';
import { t } from './texts';
import './record-picker.css';

const TYPING_MS = 250;
const MOST = 8;

/** Dispatches `value`: the id of a record, the code of a commune, or null. */
@customElement('record-picker')
export class RecordPicker extends LitElement {
  @property() inputId = 'picker';
  /** The layer of the records; none: communes of today, by their code. */
  @property() collection: string | undefined;
  @property({ attribute: false }) value: string | number | null | undefined;
  @state() private text = '';
  @state() private isOpen = false;
  private current = new Task(this, {
    args: () => [this.value, this.collection] as const,
    task: async ([value], { signal }) => (value == null ? undefined : this.find(value, signal)),
  });
  private hits = new Task(this, {
    args: () => [this.text.trim()] as const,
    task: async ([q], { signal }) => {
      if (!q) return [];
      await new Promise((done) => setTimeout(done, TYPING_MS));
      signal.throwIfAborted();
      return (await get<ItemPage>(query(`${await this.items()}`, { q, limit: MOST }), signal)).features;
    },
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { current } = this;
    const isAsked = current.status === TaskStatus.PENDING;
    const chosen = this.value == null || isAsked ? '' : current.value ? nameOf(current.value) : String(this.value);
    return html`<div @focusout=${this.leave} @keydown=${this.press}>
      <input
        id=${this.inputId}
        autocomplete="off"
        placeholder=${t('find')}
        .value=${this.isOpen ? this.text : chosen}
        @focus=${() => (this.isOpen = true)}
        @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
      />
      ${this.value != null ? html`<button type="button" class="textual" @click=${() => this.choose(null)}>${t('remove')}</button>` : nothing}
      ${
        this.isOpen && this.text.trim()
          ? html`<ul class="card">
              ${this.hits.render({
                complete: (items) =>
                  items.length ? items.map((item) => this.hit(item)) : html`<li class="quiet" role="status">${t('nothingFound')}</li>`,
                error: (error) => html`<li class="quiet" role="alert">${(error as Error).message}</li>`,
              })}
            </ul>`
          : nothing
      }
    </div>`;
  }

  private hit(item: Item) {
    const code = item.properties.code as string;
    return html`<li>
      <button type="button" @click=${() => this.choose(this.collection ? item.id : code)}>${nameOf(item)} <small>${code}</small></button>
    </li>`;
  }

  private async items(): Promise<string> {
    const id = this.collection ?? (await layers()).find(({ unitLevel }) => unitLevel === 'commune')?.id;
    return `/collections/${id}/items`;
  }

  private async find(value: string | number, signal: AbortSignal): Promise<Item | undefined> {
    const by = this.collection ? { ids: value, limit: 1 } : { code: value, limit: 1 };
    return (await get<ItemPage>(query(await this.items(), by), signal)).features[0];
  }

  private choose(value: string | number | null) {
    this.value = value;
    this.text = '';
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('value', { detail: value }));
  }

  private leave(event: FocusEvent) {
    if (this.contains(event.relatedTarget as Node | null)) return;
    this.isOpen = false;
    this.text = '';
  }

  /** Arrow keys move through the hits, Escape closes them. */
  private press(event: KeyboardEvent) {
    if (event.key === 'Escape') this.isOpen = false;
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      const [first] = this.hits.value ?? [];
      if (first) this.choose(this.collection ? first.id : (first.properties.code as string));
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [...this.querySelectorAll<HTMLElement>('input, li button')];
    stops[stops.indexOf(document.activeElement as HTMLElement) + step]?.focus();
    event.preventDefault();
  }
}
