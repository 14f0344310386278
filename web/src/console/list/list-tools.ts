/** What a list is asked: its layer, area, text, order and conditions. */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { definitions, type Definition } from '../../api/figures';
import type { Layer } from '../../api/layers';
import { day, pick, tOr, within } from '../../texts';
import { short } from '../../view/property';
import { icon } from '../shell/icons';
import { go } from '../shell/router';
import '../shell/unit-field';
import { editFilter, saidFilter } from './filter-editor';
import { conditions, hasField } from './question';
import { t } from './texts';

const TYPING_MS = 300;
/** Parameters that come from other pages, shown as conditions that can be taken away. */
const FOREIGN = ['quality', 'indicator', 'as_of', 'known_at', 'unassigned', 'filter'] as const;

/** The parameters that change; one without a value goes away. */
export type Asked = Record<string, string | undefined>;

/** Dispatches `ask` with the parameters of the address that change. */
@customElement('list-tools')
export class ListTools extends LitElement {
  @property({ attribute: false }) layers!: Layer[];
  @property({ attribute: false }) layer!: Layer;
  @property({ attribute: false }) sortables = new Set<string>();
  @property({ attribute: false }) query = new URLSearchParams();
  @state() private definitions: Definition[] = [];
  private typing = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('query') || !this.query.get('indicator') || this.definitions.length) return;
    void definitions().then((all) => (this.definitions = all));
  }

  protected override render() {
    return html`${this.tools()} ${this.chips()}`;
  }

  private tools() {
    const { layers, layer, sortables, query } = this;
    const sort = query.get('sortby') ?? '';
    const fields = layer.fields.filter(({ name }) => sortables.has(name) && name !== 'version');
    return html`<div class="tools-row" role="search">
      <label
        >${t('layer')}<select @change=${(event: Event) => this.turnTo((event.target as HTMLSelectElement).value)}>
          ${layers.map(({ id, title }) => html`<option value=${id} ?selected=${id === layer.id}>${pick(title)}</option>`)}
        </select></label
      >
      <unit-field
        .label=${t('area')}
        .value=${query.get('within') ?? ''}
        @unit=${(event: CustomEvent<string>) => this.ask({ within: event.detail })}
      ></unit-field>
      <label class="wide"><span>${t('searchIn')}</span><input type="search" .value=${query.get('q') ?? ''} @input=${this.type} /></label>
      <label class="sort-field"
        >${t('sort')}<select @change=${(event: Event) => this.ask({ sortby: (event.target as HTMLSelectElement).value })}>
          <option value="">${t('noSort')}</option>
          ${fields.flatMap(({ name, title }) => [
            html`<option value=${name} ?selected=${sort === name}>${pick(title)} ↑</option>`,
            html`<option value=${`-${name}`} ?selected=${sort === `-${name}`}>${pick(title)} ↓</option>`,
          ])}
        </select></label
      >
      <label
        >${icon('filter')}<span class="unseen">${t('addFilter')}</span
        ><select class="add-filter" @change=${(event: Event) => void this.addFilter(event.target as HTMLSelectElement)}>
          <option value="">${t('addFilter')}</option>
          ${layer.fields.filter(isFilter).map(({ name, title }) => html`<option value=${name}>${pick(title)}</option>`)}
        </select></label
      >
    </div>`;
  }

  private chips() {
    const { layer, query } = this;
    const own = conditions(query, layer);
    const foreign = FOREIGN.filter((name) => query.get(name) && !hasField(layer, name));
    if (!own.length && !foreign.length) return nothing;
    return html`<ul class="chips">
      ${own.map(
        ({ field, value }) =>
          html`<li>
            <button type="button" class="chip" @click=${() => void this.edit(field.name)}>
              ${pick(field.title)}: <strong>${saidFilter(field, value)}</strong>
            </button>
            ${this.dropButton(field.name, pick(field.title))}
          </li>`,
      )}
      ${foreign.map(
        (name) =>
          html`<li>
            <span class="chip">${t(`condition.${name}`)}: <strong>${this.said(name, query.get(name)!)}</strong></span>
            ${this.dropButton(name, t(`condition.${name}`))}
          </li>`,
      )}
      <li><button type="button" class="textual" @click=${() => this.clear()}>${t('clearAll')}</button></li>
    </ul>`;
  }

  private dropButton(name: string, title: string) {
    const label = `${t('removeFilter')}: ${title}`;
    return html`<button type="button" class="tool" title=${label} aria-label=${label} @click=${() => this.ask({ [name]: undefined })}>
      ${icon('close')}
    </button>`;
  }

  private said(name: string, value: string): string {
    if (name === 'quality') return tOr(`quality.${value}`, value);
    if (name === 'as_of' || name === 'known_at') return day(value);
    if (name !== 'indicator') return value;
    const [code] = value.split('.');
    const definition = this.definitions.find((definition) => definition.code === code);
    return definition ? within(short(pick(definition))) : value;
  }

  private turnTo(layer: string) {
    const query = new URLSearchParams();
    for (const name of ['within', 'map', 'q']) if (this.query.get(name)) query.set(name, this.query.get(name)!);
    go(`/console/${layer}?${query.toString()}`);
  }

  private type(event: Event) {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.ask({ q: value.trim() }), TYPING_MS);
  }

  private async addFilter(select: HTMLSelectElement) {
    const name = select.value;
    select.value = '';
    await this.edit(name);
  }

  private async edit(name: string) {
    const field = this.layer.fields.find((field) => field.name === name);
    const value = field && (await editFilter(field, this.query.get(name) ?? ''));
    if (value !== undefined) this.ask({ [name]: value });
  }

  private clear() {
    const names = [...FOREIGN, ...conditions(this.query, this.layer).map(({ field }) => field.name)];
    this.ask(Object.fromEntries(names.map((name) => [name, undefined])));
  }

  private ask(detail: Asked) {
    this.dispatchEvent(new CustomEvent('ask', { detail }));
  }
}

/** Times of records are not filtered by: a day would have to become instants. */
function isFilter({ name, type }: Layer['fields'][number]): boolean {
  return type !== 'reference' && !name.endsWith('_at') && name !== 'version';
}
