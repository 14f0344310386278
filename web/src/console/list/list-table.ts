/** The rows as a table of which only what is on the screen exists. On phones each row is a card. */
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { nameOf, type Item } from '../../api/items';
import type { Field, Layer } from '../../api/layers';
import { pick, t as general } from '../../texts';
import { textOf } from './cell';
import type { SortKey } from './question';
import type { Rows } from './rows';
import { t } from './texts';
import './list-table.css';

/** How many rows before its end the next page is asked for. */
const AHEAD = 60;

/** The least width of a column in px, and its share of what is left. */
const WIDTHS: Record<Field['type'], [number, number]> = {
  text: [150, 1.4],
  number: [96, 0.7],
  boolean: [90, 0.6],
  date: [112, 0.8],
  link: [160, 1],
  reference: [130, 1],
  commune: [160, 1.2],
};

const FIRST: [number, number] = [230, 2];
const TICK = 44;

@customElement('list-table')
export class ListTable extends LitElement {
  @property({ attribute: false }) layer!: Layer;
  @property({ attribute: false }) columns: Field[] = [];
  @property({ attribute: false }) rows!: Rows;
  /** Changes whenever the rows did, which stay the same object. */
  @property({ attribute: false }) version = 0;
  @property({ attribute: false }) sort: SortKey | undefined;
  @property({ attribute: false }) sortables = new Set<string>();
  @property({ attribute: false }) selected: ReadonlySet<number> = new Set();
  /** Records that changed a moment ago. */
  @property({ attribute: false }) fresh: ReadonlySet<number> = new Set();
  @property({ type: Boolean }) selectable = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { rows, columns, layer } = this;
    const all = rows.items.length > 0 && rows.items.every(({ id }) => this.selected.has(id));
    const some = !all && rows.items.some(({ id }) => this.selected.has(id));
    const widths = columns.map(({ type }, i) => (i ? WIDTHS[type] : FIRST));
    const least = widths.reduce((sum, [px]) => sum + px, this.selectable ? TICK : 0);
    const tracks = [...(this.selectable ? [`${TICK}px`] : []), ...widths.map(([px, share]) => `minmax(${px}px, ${share}fr)`)];
    return html`<div
      class="grid"
      role="table"
      tabindex="0"
      aria-label=${pick(layer.title)}
      aria-rowcount=${rows.total === undefined ? -1 : rows.total + 1}
      aria-busy=${rows.isLoading}
      .style=${`--columns: ${tracks.join(' ')}; --least: ${least}px`}
    >
      <div role="rowgroup" class="head">
        <div role="row" class="row" aria-rowindex="1">
          ${
            this.selectable
              ? html`<div role="columnheader" class="tick">
                  <input
                    type="checkbox"
                    aria-label=${t('selectShown')}
                    .checked=${all}
                    .indeterminate=${some}
                    @change=${(event: Event) => this.pickAll((event.target as HTMLInputElement).checked)}
                  />
                </div>`
              : nothing
          }
          ${columns.map((field) => this.head(field))}
        </div>
      </div>
      <div role="rowgroup" class="body" @rangeChanged=${this.ranged} @keydown=${this.move}>
        ${virtualize({ items: rows.items, keyFunction: ({ id }: Item) => id, renderItem: (item: Item, i: number) => this.row(item, i) })}
      </div>
    </div>`;
  }

  private head(field: Field) {
    const title = pick(field.title);
    const isSorted = this.sort?.name === field.name;
    const order = isSorted ? (this.sort!.falling ? 'descending' : 'ascending') : 'none';
    if (!this.sortables.has(field.name)) return html`<div role="columnheader" class=${field.type}>${title}</div>`;
    const arrow = order === 'ascending' ? '↑' : order === 'descending' ? '↓' : '';
    const sort = () => this.dispatchEvent(new CustomEvent('sort', { detail: field.name }));
    return html`<div role="columnheader" class=${field.type} aria-sort=${order}>
      <button type="button" title=${general('sortBy', { what: title })} @click=${sort}>
        ${title} <span aria-hidden="true">${arrow}</span>
      </button>
    </div>`;
  }

  private row(item: Item, index: number) {
    const { layer, columns, selected, fresh } = this;
    const { id } = item;
    const name = nameOf(item) || general('noName');
    return html`<div
      role="row"
      class="row ${selected.has(id) ? 'selected' : ''} ${fresh.has(id) ? 'fresh' : ''}"
      aria-rowindex=${index + 2}
      @mouseenter=${() => this.dispatchEvent(new CustomEvent('point', { detail: id }))}
      @focusin=${() => this.dispatchEvent(new CustomEvent('point', { detail: id }))}
    >
      ${
        this.selectable
          ? html`<div role="cell" class="tick">
              <input
                type="checkbox"
                aria-label=${t('selectRow', { name })}
                .checked=${selected.has(id)}
                @click=${(event: MouseEvent) => this.pick(index, event)}
              />
            </div>`
          : nothing
      }
      ${columns.map((field, i) => {
        const text = textOf(field, item);
        const content = i === 0 ? html`<a href="/console/${layer.id}/${id}">${text || name}</a>` : text;
        return html`<div role="cell" class="${field.type} ${i === 0 ? 'first' : ''} ${text ? '' : 'empty'}">
          <span class="title" aria-hidden="true">${pick(field.title)}</span>${content}
        </div>`;
      })}
    </div>`;
  }

  private lastPicked = 0;

  /** Shift picks everything since the row picked last. */
  private pick(index: number, event: MouseEvent) {
    const isOn = (event.target as HTMLInputElement).checked;
    const [from, to] = event.shiftKey ? [Math.min(index, this.lastPicked), Math.max(index, this.lastPicked)] : [index, index];
    this.lastPicked = index;
    this.tell(this.rows.items.slice(from, to + 1), isOn);
  }

  private pickAll(isOn: boolean) {
    this.tell(this.rows.items, isOn);
  }

  private tell(items: Item[], isOn: boolean) {
    this.dispatchEvent(new CustomEvent('pick', { detail: { items, isOn } }));
  }

  private ranged(event: Event & { last: number }) {
    if (event.last + AHEAD >= this.rows.items.length) this.rows.more();
  }

  /** Arrow keys move between rows. */
  private move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = event.target as HTMLElement;
    const row = from.closest('.row');
    if (!step || !row) return;
    const next = this.querySelector(`.body [aria-rowindex="${Number(row.getAttribute('aria-rowindex')) + step}"]`);
    const stop = next?.querySelector<HTMLElement>(from.matches('input') ? 'input' : 'a');
    if (!stop) return;
    event.preventDefault();
    stop.focus();
  }
}
