/** Search over units and records. A unit becomes the one that is worked in, a record opens. */
import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { nameOf } from '../../api/items';
import { layers } from '../../api/layers';
import { pick, t as general } from '../../texts';
import { search, type Hit } from '../../view/search';
import { icon } from './icons';
import { go } from './router';
import './top-search.css';

/** Dispatches `hit` for a unit; opens records itself. */
@customElement('top-search')
export class TopSearch extends LitElement {
  @state() private text = '';
  @state() private hits: Hit[] | undefined;
  @state() private isOpen = false;
  private search = new Task(this, {
    args: () => [this.text.trim()] as const,
    task: async ([text], { signal }) => search({ layers: text ? await layers() : [] }, text, signal, (hits) => (this.hits = hits)),
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<form role="search" @submit=${this.submit} @focusout=${this.leave} @keydown=${this.press}>
      <label for="top-search">${icon('search')}<span class="unseen">${general('search')}</span></label>
      <input
        id="top-search"
        type="search"
        autocomplete="off"
        placeholder=${general('search')}
        .value=${this.text}
        @focus=${() => (this.isOpen = true)}
        @input=${this.type}
      />
      ${
        this.isOpen && this.text.trim()
          ? html`<ul class="hits card">
              ${this.list()}
            </ul>`
          : nothing
      }
    </form>`;
  }

  private list() {
    const { error } = this.search;
    if (error instanceof Error && error.name !== 'AbortError') return html`<li class="quiet" role="alert">${error.message}</li>`;
    if (!this.hits) return html`<li class="quiet" role="status">${general('searching')}</li>`;
    if (!this.hits.length) return html`<li class="quiet" role="status">${general('nothingFound', { q: this.text })}</li>`;
    return this.hits.map(
      (hit) =>
        html`<li>
          <button type="button" @click=${() => this.choose(hit)}>
            <strong>${nameOf(hit.item)}</strong> <small>${pick(hit.layer.title)} · ${hit.item.properties.code as string}</small>
          </button>
        </li>`,
    );
  }

  private type(event: Event) {
    this.text = (event.target as HTMLInputElement).value;
    this.hits = undefined;
    this.isOpen = true;
  }

  private choose(hit: Hit) {
    [this.isOpen, this.text] = [false, ''];
    if (hit.layer.unitLevel) this.dispatchEvent(new CustomEvent<Hit>('hit', { detail: hit }));
    else go(`/console/${hit.layer.id}/${hit.item.id}`);
  }

  private submit(event: Event) {
    event.preventDefault();
    if (this.hits?.[0]) this.choose(this.hits[0]);
  }

  private leave(event: FocusEvent) {
    if (!this.contains(event.relatedTarget as Node | null)) this.isOpen = false;
  }

  private press(event: KeyboardEvent) {
    if (event.key === 'Escape') this.isOpen = false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [...this.querySelectorAll<HTMLElement>('input, li button')];
    stops[stops.indexOf(document.activeElement as HTMLElement) + step]?.focus();
    event.preventDefault();
  }
}
