/** The records of any layer: searched, filtered, sorted, chosen, changed together, on a map, as a file. The address holds it all. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { get, query as address } from '../../api/get';
import type { Item, ItemPage } from '../../api/items';
import type { Layer } from '../../api/layers';
import { failure, waiting } from '../../parts/part';
import { language, number, pick, t as general } from '../../texts';
import { icon } from '../shell/icons';
import { knownLayers, learnCommunes } from '../shell/known';
import { listen, type Changes } from '../shell/live';
import { Page } from '../shell/page';
import { go } from '../shell/router';
import { toast } from '../shell/toasts';
import { changeRows, decommissionRows, MOST, verifyRows, type Picked } from './bulk';
import { chooseColumns } from './choose-columns';
import './list-table';
import './list-tools';
import type { Asked } from './list-tools';
import { columnsOf, hasField, rowsAddress, sortedBy, sortOf } from './question';
import { Rows } from './rows';
import { t } from './texts';
import './list-page.css';

const FRESH_MS = 3000;
const FORMATS = ['xlsx', 'csv', 'geojson', 'gpkg'] as const;

@customElement('list-page')
export class ListPage extends Page {
  @state() private rows: Rows | undefined;
  @state() private turn = 0;
  @state() private selected = new Map<number, Picked>();
  @state() private fresh = new Set<number>();
  @state() private pointed = 0;
  @state() private hasMap = false;
  /** The question whose rows are shown. */
  private asked = '';
  private unlisten: () => void = () => undefined;

  private start = new Task(this, {
    args: () => [this.parameters.layer] as const,
    task: async ([id], { signal }) => {
      const layers = await knownLayers();
      const layer = layers.find((layer) => layer.id === id) ?? layers.find((layer) => this.session.mayWrite(layer)) ?? layers[0]!;
      const { properties } = await get<{ properties: object }>(address(`/collections/${layer.id}/sortables`, {}), signal);
      return { layers, layer, sortables: new Set(Object.keys(properties)) };
    },
  });

  override connectedCallback() {
    super.connectedCallback();
    this.unlisten = listen((changes) => this.heard(changes));
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
    this.rows?.end();
    this.asked = '';
  }

  protected override willUpdate() {
    const { value } = this.start;
    if (!value) return;
    if (value.layer.id !== this.parameters.layer) return this.settle(value.layer);
    this.ask(value.layer);
  }

  /** The list without a layer opens on one that the reader keeps, in their own area. */
  private settle(layer: Layer) {
    const { unit } = this.session;
    const query = new URLSearchParams(unit ? { within: `${unit.code}@${unit.on}` } : {});
    go(`/console/${layer.id}?${query.toString()}`, { replace: true });
  }

  private ask(layer: Layer) {
    const properties = ['name', 'version', ...columnsOf(this.query, layer).map(({ name }) => name)];
    const more = {
      properties: [...new Set(properties)].filter((name) => name !== 'name' || hasField(layer, name)).join(','),
      skipGeometry: 'true',
    };
    const make = (limit: number) => rowsAddress(this.query, layer, { ...more, limit });
    if (this.asked === make(0)) return;
    this.asked = make(0);
    this.rows?.end();
    this.selected = new Map();
    this.rows = new Rows(make, () => this.rowsChanged(layer));
    this.entitle(pick(layer.title));
  }

  private rowsChanged(layer: Layer) {
    this.turn++;
    const codes = layer.fields.filter(({ type }) => type === 'commune').map(({ name }) => name);
    const all = (this.rows?.items ?? []).flatMap(({ properties }) => codes.map((name) => properties[name]));
    const given = all.filter((code): code is string => typeof code === 'string');
    void learnCommunes(given).then(
      (isNew) => isNew && this.turn++,
      () => undefined,
    );
  }

  /** Rows that others changed are read again and shine for a moment. */
  private heard(changes: Changes) {
    const layer = this.start.value?.layer;
    const ids = changes?.filter(({ collection }) => collection === layer?.id).map(({ id }) => id);
    if (ids && !ids.length) return;
    this.fresh = new Set(ids);
    setTimeout(() => (this.fresh = new Set()), FRESH_MS);
    this.rows?.again();
  }

  protected override render() {
    return this.start.render({
      pending: () => waiting(general('loading')),
      error: (error) => failure((error as Error).message, () => void this.start.run()),
      complete: ({ layers, layer, sortables }) => this.list(layers, layer, sortables),
    });
  }

  private list(layers: Layer[], layer: Layer, sortables: Set<string>) {
    const { rows, query, session } = this;
    const columns = columnsOf(query, layer);
    const mayWrite = session.mayWrite(layer);
    const hasMap = query.get('map') === '1';
    if (hasMap && !this.hasMap) void import('./list-map').then(() => (this.hasMap = true));
    return html`
      <header class="list-head">
        <h1>${pick(layer.title)}</h1>
        ${mayWrite && layer.geometry === 'point' ? html`<a class="primary" href="/console/${layer.id}/new">${icon('plus')}${t('register')}</a>` : nothing}
      </header>
      <list-tools
        .layers=${layers}
        .layer=${layer}
        .sortables=${sortables}
        .query=${query}
        @ask=${({ detail }: CustomEvent<Asked>) => this.setQuery(detail)}
      ></list-tools>
      <div class="bar">${this.selected.size ? this.bulk(layer) : this.count(rows)} ${this.views(layer, hasMap)}</div>
      ${rows?.error ? failure(rows.error.message, () => rows.again()) : nothing}
      <div class="beside ${hasMap ? 'with-map' : ''}">
        ${
          rows?.items.length
            ? html`<list-table
                .layer=${layer}
                .columns=${columns}
                .rows=${rows}
                .version=${this.turn}
                .sort=${sortOf(query)}
                .sortables=${sortables}
                .selected=${new Set(this.selected.keys())}
                .fresh=${this.fresh}
                ?selectable=${mayWrite}
                @sort=${(event: CustomEvent<string>) => this.setQuery({ sortby: sortedBy(query, event.detail) })}
                @pick=${(event: CustomEvent<{ items: Item[]; isOn: boolean }>) => this.pick(event.detail)}
                @point=${(event: CustomEvent<number>) => (this.pointed = event.detail)}
              ></list-table>`
            : this.none(rows)
        }
        ${
          hasMap && this.hasMap
            ? html`<list-map .layer=${layer} .address=${this.mapAddress(layer)} .turn=${this.turn} .pointed=${this.pointed}></list-map>`
            : nothing
        }
      </div>
    `;
  }

  private count(rows: Rows | undefined) {
    const text = !rows?.items.length ? '' : rows.total === undefined ? t('countMany') : t('count', { n: number(rows.total) });
    return html`<p class="said" role="status">${rows?.isLoading && !text ? general('loading') : text}</p>`;
  }

  private bulk(layer: Layer) {
    const { rows, selected } = this;
    const total = rows?.total;
    const isMore = (total ?? MOST) <= MOST && selected.size !== total;
    const all = total === undefined ? t('selectAllMany') : t('selectAll', { n: number(total) });
    const act = (write: (layer: Layer, rows: Picked[]) => Promise<boolean>) => async () => {
      if (!(await write(layer, [...selected.values()]))) return;
      this.selected = new Map();
      this.rows?.again();
    };
    return html`<div class="bulk" role="group" aria-label=${t('selected', { n: number(selected.size) })}>
      <strong role="status">${t('selected', { n: number(selected.size) })}</strong>
      ${isMore ? html`<button type="button" class="textual" @click=${() => void this.selectAll(layer)}>${all}</button>` : nothing}
      <button type="button" @click=${act(verifyRows)}>${icon('check')}${t('verify')}</button>
      <button type="button" @click=${act(changeRows)}>${icon('edit')}${t('change')}</button>
      <button type="button" @click=${act(decommissionRows)}>${t('decommissionMore')}</button>
      <button type="button" class="textual" @click=${() => (this.selected = new Map())}>${t('unselect')}</button>
    </div>`;
  }

  private views(layer: Layer, hasMap: boolean) {
    return html`<div class="views">
      <button type="button" aria-pressed=${hasMap} @click=${() => this.setQuery({ map: hasMap ? '' : '1' })}>
        ${icon('map')}${t('map')}
      </button>
      <button type="button" @click=${() => void this.chooseColumns(layer)}>${icon('columns')}${t('columns')}</button>
      <details class="files" @focusout=${leave} @keydown=${escape}>
        <summary>${icon('download')}${t('download')}</summary>
        <ul>
          ${FORMATS.map((f) => html`<li><a download href=${rowsAddress(this.query, layer, { f, labels: language() })}>${t(`file.${f}`)}</a></li>`)}
        </ul>
      </details>
    </div>`;
  }

  private none(rows: Rows | undefined) {
    if (!rows || rows.isLoading) return waiting(general('loading'));
    return rows.error
      ? nothing
      : html`<div class="nothing">
          <p>${t('empty')}</p>
          <p class="quiet">${t('emptyHint')}</p>
        </div>`;
  }

  private mapAddress(layer: Layer): string {
    return rowsAddress(this.query, layer, { properties: hasField(layer, 'name') ? 'name,code' : 'code' });
  }

  private async chooseColumns(layer: Layer) {
    const columns = await chooseColumns(layer, columnsOf(this.query, layer));
    if (columns !== undefined) this.setQuery({ columns });
  }

  private pick({ items, isOn }: { items: Item[]; isOn: boolean }) {
    const selected = new Map(this.selected);
    for (const item of items) {
      if (isOn) selected.set(item.id, picked(item));
      else selected.delete(item.id);
    }
    this.selected = selected;
  }

  /** Every row that fits, also those that were not read yet: their ids and versions. */
  private async selectAll(layer: Layer) {
    const properties = hasField(layer, 'name') ? 'name,version' : 'code,version';
    try {
      const all = await get<ItemPage>(rowsAddress(this.query, layer, { properties, skipGeometry: 'true', limit: MOST }));
      this.selected = new Map(all.features.map((item) => [item.id, picked(item)]));
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }
}

function picked({ id, properties }: Item): Picked {
  const { name, code, version } = properties;
  return { id, version: Number(version), name: [name, code].find((text): text is string => typeof text === 'string') ?? String(id) };
}

function leave(event: FocusEvent) {
  const details = event.currentTarget as HTMLDetailsElement;
  if (!details.contains(event.relatedTarget as Node | null)) details.open = false;
}

function escape(event: KeyboardEvent) {
  if (event.key !== 'Escape') return;
  const details = event.currentTarget as HTMLDetailsElement;
  details.open = false;
  details.querySelector('summary')?.focus();
}
