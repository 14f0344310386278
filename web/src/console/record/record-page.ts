/** A record: its fields by group, its place, its history, and what may be done to it. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError } from '../../api/get';
import { nameOf, type Item } from '../../api/items';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { day, pick, t as general } from '../../texts';
import { formLayer, grouped, type FormLayer } from '../form/schema';
import '../map/place-map';
import type { Position } from '../map/place-map';
import { icon } from '../shell/icons';
import { listen, type Change, type Changes } from '../shell/live';
import { Page } from '../shell/page';
import { toast } from '../shell/toasts';
import * as actions from './record-actions';
import './record-edit';
import type { Edited } from './record-edit';
import './record-history';
import { t } from './texts';
import { valueText, vietnamDay } from './value';
import './record-page.css';

/** Fields of the heading, or only for programs. */
const APART = new Set(['name', 'version']);

@customElement('record-page')
export class RecordPage extends Page {
  @state() private layer: FormLayer | undefined;
  @state() private item: Item | undefined;
  @state() private failed: Error | undefined;
  @state() private isDeleted = false;
  /** Whether somebody else changed it while it is edited here. */
  @state() private isBehind = false;
  private etag: string | undefined;
  private unlisten: () => void = () => undefined;

  override connectedCallback() {
    super.connectedCallback();
    this.unlisten = listen((changes) => this.heard(changes));
    void this.load();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
  }

  /** What others did appears here; what is being edited stays, and the save will show both. */
  private heard(changes: Changes) {
    const { layer, id } = this.parameters;
    const known = Number(this.item?.properties.version ?? 0);
    const isNews = ({ collection, ...change }: Change) =>
      collection === layer && String(change.id) === id && (change.version > known || this.isDeleted || change.op === 'delete');
    if (changes && !changes.some(isNews)) return;
    if (this.query.get('do')) this.isBehind = changes !== undefined;
    else void this.load();
  }

  private load = async () => {
    this.failed = undefined;
    const { layer: collection, id } = this.parameters as { layer: string; id: string };
    try {
      this.layer = await formLayer(collection);
      const { body, etag } = await send<Item>('GET', `/collections/${collection}/items/${encodeURIComponent(id)}`);
      [this.item, this.etag, this.isDeleted, this.isBehind] = [body, etag, false, false];
      this.entitle(nameOf(body) || t('noName'));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.isDeleted = true;
      else this.failed = error as Error;
    }
  };

  protected override render() {
    if (this.failed) return failure(this.failed.message, () => void this.load());
    const { layer, item } = this;
    if (this.isDeleted && layer) return this.gone(layer);
    if (!layer || !item) return waiting(general('loading'));
    const doing = this.query.get('do');
    if ((doing === 'edit' || doing === 'move') && this.mayWrite(layer)) return this.editing(layer, item, doing);
    return html`${this.head(layer, item)}
      <div class="record">
        <div>${this.groups(layer, item)}</div>
        <div>${this.map(item)}${this.history(layer, item)}</div>
      </div>`;
  }

  /** The service decides record by record; here only what the layer allows at all. */
  private mayWrite(layer: FormLayer): boolean {
    const { communes } = this.session;
    const isMine = !communes || communes.some(({ code }) => code === this.item?.properties.commune_code);
    return !layer.unitLevel && isMine && this.session.mayWrite(layer);
  }

  private head(layer: FormLayer, item: Item) {
    const { properties } = item;
    const field = (name: string) => layer.fields.find((field) => field.name === name);
    const verified = properties.verified_at as string | null | undefined;
    const chips = ['lifecycle_status', 'operational_state'].filter((name) => field(name) && properties[name] != null);
    return html`<p class="crumb"><a href="/console/${layer.id}">${pick(layer.title)}</a></p>
      <h1>${nameOf(item) || t('noName')}</h1>
      <p class="chips">
        <span class="code">${properties.code as string}</span>
        ${chips.map((name) => html`<span class="chip ${String(properties[name])}">${valueText(field(name), properties[name])}</span>`)}
        ${
          field('verified_at')
            ? html`<span class="quiet">${verified ? t('verifiedOn', { date: day(vietnamDay(verified)) }) : t('neverVerified')}</span>`
            : nothing
        }
      </p>
      <div class="actions">${this.mayWrite(layer) ? this.writes(layer, item) : nothing} ${this.reads(layer, item)}</div>`;
  }

  private writes(layer: FormLayer, item: Item) {
    const { operational_state, lifecycle_status } = item.properties;
    const has = (name: string) => layer.fields.some((field) => field.name === name);
    const isBroken = operational_state === 'disabled';
    return html`
      <button type="button" class="primary" @click=${() => this.setQuery({ do: 'edit' })}>${icon('edit')} ${t('edit')}</button>
      ${
        layer.geometry === 'point'
          ? html`<button type="button" @click=${() => this.setQuery({ do: 'move' })}>${icon('place')} ${t('move')}</button>`
          : nothing
      }
      <button type="button" @click=${() => this.act(actions.verify)}>${icon('check')} ${t('stillTrue')}</button>
      ${
        has('operational_state')
          ? html`<button type="button" @click=${() => this.act(isBroken ? actions.mends : actions.breaks)}>
              ${icon('warn')} ${t(isBroken ? 'mended' : 'broken')}
            </button>`
          : nothing
      }
      ${
        has('lifecycle_status') && lifecycle_status !== 'decommissioned'
          ? html`<button type="button" @click=${() => this.act(actions.decommission)}>${icon('clock')} ${t('decommission')}</button>`
          : nothing
      }
      <button type="button" @click=${() => this.act((target) => actions.remove(target))}>${icon('trash')} ${t('delete')}</button>
    `;
  }

  private reads(layer: FormLayer, item: Item) {
    return html`
      <button type="button" @click=${() => this.label(layer, item)}>${icon('print')} ${t('label')}</button>
      <button type="button" @click=${this.copy}>${icon('link')} ${t('copyLink')}</button>
    `;
  }

  private groups(layer: FormLayer, item: Item) {
    const filled = grouped(layer, ({ name }) => !APART.has(name) && item.properties[name] != null && item.properties[name] !== '');
    return filled.map(
      ({ label, fields }) =>
        html`<section class="card">
          ${pick(label) ? html`<h2>${pick(label)}</h2>` : nothing}
          <dl>
            ${fields.map(
              (field) =>
                html`<div>
                  <dt>${pick(field.title)}</dt>
                  <dd>${this.value(field, item.properties[field.name])}</dd>
                </div>`,
            )}
          </dl>
        </section>`,
    );
  }

  private value(field: FormLayer['fields'][number], value: unknown) {
    if (field.type === 'reference') return html`<a href="/console/${field.collection}/${value as number}">${value as number}</a>`;
    if (field.type === 'commune') return this.session.communes?.find(({ code }) => code === value)?.name ?? (value as string);
    return valueText(field, value);
  }

  private map({ geometry, properties }: Item) {
    if (geometry?.type !== 'Point') return geometry ? nothing : html`<p class="note">${t('unplaced')}</p>`;
    return html`<place-map
      .place=${geometry.coordinates as Position}
      ?looks=${properties.azimuth_deg != null}
      .azimuth=${properties.azimuth_deg as number | null}
      .opening=${properties.hfov_deg as number | null}
    ></place-map>`;
  }

  private history(layer: FormLayer, item: Item) {
    if (layer.unitLevel) return nothing;
    return html`<record-history
      .layer=${layer}
      .record=${item.id}
      .version=${item.properties.version as number}
      ?writable=${this.mayWrite(layer)}
      @changed=${this.load}
    ></record-history>`;
  }

  private gone(layer: FormLayer) {
    return html`<h1>${pick(layer.title)}</h1>
      <p class="note">${t('isDeleted')}</p>
      ${this.session.mayWrite(layer) ? html`<button type="button" @click=${() => this.act(actions.restore)}>${icon('undo')} ${t('restore')}</button>` : nothing}`;
  }

  private editing(layer: FormLayer, item: Item, doing: 'edit' | 'move') {
    const edited = ({ detail }: CustomEvent<Edited>) => {
      if (detail.item) [this.item, this.etag] = [detail.item, detail.etag];
      else if (this.isBehind) void this.load();
      this.isBehind = false;
      this.setQuery({ do: undefined, field: undefined });
    };
    return html`${this.isBehind ? html`<p class="note" role="status">${t('changedMeanwhile')}</p>` : nothing}
      <record-edit
        .session=${this.session}
        .layer=${layer}
        .item=${item}
        .etag=${this.etag}
        .doing=${doing}
        .wanted=${this.query.get('field') ?? ''}
        @edited=${edited}
      ></record-edit>`;
  }

  private act = async (action: (target: actions.Target) => Promise<string | undefined>) => {
    const id = Number(this.parameters.id);
    const item = this.item ?? ({ id } as Item);
    try {
      const done = await action({ layer: this.layer!.id, item, etag: this.isDeleted ? undefined : this.etag });
      if (done) {
        toast(done);
        await this.load();
      }
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
      if (error instanceof ApiError && error.status === 412) await this.load();
    }
  };

  private label = async (layer: FormLayer, item: Item) => {
    const { showLabel } = await import('./qr-label');
    await showLabel(layer, item);
  };

  private copy = async () => {
    await navigator.clipboard?.writeText(location.origin + location.pathname).catch(() => undefined);
    toast(t('copied'));
  };
}
