/** The versions of a record: who wrote what when, with the differences; the newest first. */
import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { get, query } from '../../api/get';
import type { Schemas } from '../../api/schemas';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { day, pick, t as general } from '../../texts';
import type { FormLayer } from '../form/schema';
import { askFor } from '../shell/dialog';
import { toast } from '../shell/toasts';
import { t } from './texts';
import { valueText, vietnamDay } from './value';

export type Version = Schemas['Version'] & { batch?: number };

/** Dispatches `changed` when something was undone. */
@customElement('record-history')
export class RecordHistory extends LitElement {
  @property({ attribute: false }) layer!: FormLayer;
  @property({ type: Number }) record = 0;
  /** Another version of the record means another history. */
  @property({ type: Number }) version = 0;
  @property({ type: Boolean }) writable = false;
  private versions = new Task(this, {
    args: () => [this.layer.id, this.record, this.version] as const,
    task: async ([layer, record], { signal }) =>
      (await get<{ versions: Version[] }>(query(`/collections/${layer}/items/${record}/history`, {}), signal)).versions.reverse(),
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<h2>${t('history')}</h2>
      ${this.versions.render({
        pending: () => waiting(general('loading')),
        error: (error) => failure((error as Error).message, () => void this.versions.run()),
        complete: (versions) =>
          versions.length
            ? html`<ol class="versions">
                ${versions.map((version) => this.one(version))}
              </ol>`
            : html`<p>${t('noHistory')}</p>`,
      })}`;
  }

  private one(version: Version) {
    const { op, by, at, reason, effective_on, changes, batch } = version;
    const when = at ? vietnamDay(at) : '';
    const differences = Object.entries(changes).filter(([name]) => op !== 'create' && name !== 'version');
    return html`<li>
      <p>
        <strong>${t('by', { op: t(`op.${op}`), who: by ?? '', date: when && day(when) })}</strong>
        ${effective_on && effective_on !== when ? html`<span class="quiet">${t('effective', { date: day(effective_on) })}</span>` : nothing}
      </p>
      ${reason ? html`<p class="quiet">${reason}</p>` : nothing}
      ${
        differences.length
          ? html`<ul>
              ${differences.map(([name, change]) => this.difference(name, change))}
            </ul>`
          : nothing
      }
      ${
        batch && this.writable
          ? html`<button type="button" class="textual" @click=${() => this.undo(batch)}>${t('undoBatch')}</button>`
          : nothing
      }
    </li>`;
  }

  private difference(name: string, { before, after }: { before?: unknown; after?: unknown }) {
    const field = this.layer.fields.find((field) => field.name === name);
    if (!field && name !== 'geometry') return nothing;
    return html`<li>
      ${field ? pick(field.title) : t('place')}: <del>${valueText(field, before)}</del> → <ins>${valueText(field, after)}</ins>
    </li>`;
  }

  private undo = async (batch: number) => {
    if ((await askFor({ title: t('undoBatch'), text: t('undoBatchText'), yes: t('undoBatch'), isDangerous: true })) === undefined) return;
    try {
      await send('POST', `/batches/${batch}/undo`);
      toast(t('undone'));
      this.dispatchEvent(new CustomEvent('changed'));
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  };
}
