/** Pairs of records that are perhaps one: both side by side, what differs, and what ends it. */
import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { nameOf, type Item } from '../../api/items';
import type { Layer } from '../../api/layers';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { number, pick, t as general, within } from '../../texts';
import { textOf } from '../list/cell';
import { decommission, remove, type Target } from '../record/record-actions';
import { icon } from '../shell/icons';
import { toast } from '../shell/toasts';
import { differences, pairsOf, type Pair } from './pairs';
import { rowsOf, type Problem } from './quality';
import { t } from './texts';
import './duplicate-pairs.css';

/** The most rows among which pairs are looked for; the list has the others. */
const MOST = 1000;
const FIRST = 3;
const MORE = 50;

@customElement('duplicate-pairs')
export class DuplicatePairs extends LitElement {
  @property({ attribute: false }) problem!: Problem;
  @property({ attribute: false }) layer!: Layer;
  @property({ type: Boolean }) writable = false;
  @state() private limit = FIRST;

  private pairs = new Task(this, {
    args: () => [this.problem, this.layer] as const,
    task: async ([problem, layer], { signal }) => pairsOf((await rowsOf(problem, MOST, signal, false)).features, layer.near!),
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { value, error } = this.pairs;
    if (error) return failure((error as Error).message, () => void this.pairs.run());
    if (!value) return waiting(general('loading'));
    const { direction } = this.layer.near!;
    const canDirect = direction !== null && this.layer.fields.some(({ name, isReadOnly }) => name === direction && !isReadOnly);
    return html`<ul class="twins">
        ${value.slice(0, this.limit).map((pair) => this.pair(pair, canDirect ? direction : ''))}
      </ul>
      ${
        value.length > this.limit && this.limit < MORE
          ? html`<p><button type="button" class="textual" @click=${() => (this.limit = MORE)}>${t('showMore')}</button></p>`
          : nothing
      }`;
  }

  private pair({ items, distance_m }: Pair, direction: string) {
    const { layer } = this;
    const what = within(pick(layer.title));
    const undirected = direction ? items.find(({ properties }) => properties[direction] == null) : undefined;
    return html`<li>
      <h3>${t('sameOne', { what })} <span class="quiet">${t('apart', { n: number(distance_m, 0) })}</span></h3>
      <table>
        <thead>
          <tr>
            <td></td>
            ${items.map((item) => html`<th scope="col">${this.head(item)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${differences(layer, items).map(
            (field) =>
              html`<tr>
                <th scope="row">${pick(field.title)}</th>
                ${items.map((item) => html`<td>${textOf(field, item) || general('none')}</td>`)}
              </tr>`,
          )}
          ${
            this.writable
              ? html`<tr>
                  <td></td>
                  ${items.map((item, i) => html`<td>${this.acts(item, items[1 - i]!)}</td>`)}
                </tr>`
              : nothing
          }
        </tbody>
      </table>
      ${
        undirected && this.writable
          ? html`<p class="quiet">
              ${t('twoOnes')}
              <a href=${`/console/${layer.id}/${undirected.id}?do=edit&field=${direction}`}>${t('saysDirection')}</a>
            </p>`
          : nothing
      }
    </li>`;
  }

  private head(item: Item) {
    const code = item.properties.code as string;
    return html`<a href="/console/${this.layer.id}/${item.id}">${nameOf(item) || general('noName')}</a><small>${code}</small>`;
  }

  private acts(item: Item, other: Item) {
    const reason = t('enteredTwice', { code: String(other.properties.code) });
    return html`<button type="button" @click=${() => void this.act(item, (target) => remove(target, reason))}>
        ${icon('trash')}${t('deleteThis')}
      </button>
      <button type="button" class="textual" @click=${() => void this.act(item, decommission)}>${t('decommissionThis')}</button>`;
  }

  /** Writes on the record as it is now. */
  private async act({ id }: Item, write: (target: Target) => Promise<string | undefined>) {
    const { layer } = this;
    try {
      const { body, etag } = await send<Item>('GET', `/collections/${layer.id}/items/${id}`);
      const done = await write({ layer: layer.id, item: body, etag });
      if (!done) return;
      toast(done);
      void this.pairs.run();
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }
}
