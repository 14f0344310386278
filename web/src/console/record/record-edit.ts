/** Editing a record, or moving it: only what was changed is written, and only if nobody changed it first. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError } from '../../api/get';
import { nameOf, type Item } from '../../api/items';
import { send } from '../../api/send';
import { Draft } from '../form/drafts';
import type { FieldValue } from '../form/field-input';
import { deliver, newKey } from '../form/outbox';
import '../form/record-form';
import { ownProblems, problemsOf, type Problems, type RecordForm } from '../form/record-form';
import type { FormLayer } from '../form/schema';
import type { Position } from '../map/place-map';
import '../register/place-chooser';
import { askFor } from '../shell/dialog';
import type { Session } from '../shell/session';
import { toast } from '../shell/toasts';
import { resolve, same, type Changes } from './conflict';
import { t } from './texts';
import './record-edit.css';

/** The saved record, or nothing when it was left as it is. */
export interface Edited {
  item?: Item;
  etag?: string | undefined;
}

interface Content {
  changes: Changes;
  etag: string | undefined;
}

/** Dispatches `edited`. */
@customElement('record-edit')
export class RecordEdit extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) layer!: FormLayer;
  @property({ attribute: false }) item!: Item;
  @property({ attribute: false }) etag: string | undefined;
  @property() doing: 'edit' | 'move' = 'edit';
  /** The field that a link asked for. */
  @property() wanted = '';
  @state() private changes: Changes = {};
  @state() private problems: Problems = new Map();
  @state() private isSaving = false;
  @state() private isRestored = false;
  private draft!: Draft<Content>;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated() {
    void this.start();
  }

  private async start(): Promise<void> {
    this.draft = new Draft(this.session, `${this.layer.id}/${this.item.id}/${this.doing}`);
    const content = await this.draft.read();
    if (content) {
      // The version that was edited: if the record changed meanwhile, the save shows both.
      [this.changes, this.etag, this.isRestored] = [content.changes, content.etag, true];
    }
    if (this.wanted) await this.querySelector<RecordForm>('record-form')?.show(this.wanted);
    else this.querySelector<HTMLElement>('h1')?.focus();
  }

  protected override render() {
    const name = nameOf(this.item) || t('noName');
    return html`<h1 tabindex="-1">${t(this.doing === 'edit' ? 'editing' : 'moving', { name })}</h1>
      ${
        this.isRestored
          ? html`<p class="note">
              ${t('draftBack')} <button type="button" class="textual" @click=${this.startOver}>${t('startOver')}</button>
            </p>`
          : nothing
      }
      ${this.doing === 'edit' ? this.form() : this.mover()}
      ${this.problems.get('')?.length ? html`<p class="wrong" role="alert">${this.problems.get('')!.join(' ')}</p>` : nothing}
      ${this.problems.size ? html`<p class="wrong" role="alert">${t('checkFields', { n: this.problems.size })}</p>` : nothing}
      <p class="saving">
        <button type="button" class="primary" ?disabled=${this.isSaving} @click=${() => this.save()}>
          ${this.isSaving ? t('saving') : t('save')}
        </button>
        <button type="button" @click=${this.cancel}>${t('cancel')}</button>
      </p>`;
  }

  private get values(): Record<string, unknown> {
    return { ...this.item.properties, ...this.changes };
  }

  private form() {
    return html`<record-form
      .layer=${this.layer}
      .values=${this.values}
      .problems=${this.problems}
      .wanted=${this.wanted}
      @field=${({ detail }: CustomEvent<FieldValue>) => this.change(detail.name, detail.value, this.item.properties[detail.name])}
    ></record-form>`;
  }

  private mover() {
    const { layer, item, changes } = this;
    const geometry = 'geometry' in changes ? (changes.geometry as Item['geometry']) : item.geometry;
    return html`<place-chooser
      .session=${this.session}
      .layer=${layer.id}
      .own=${item.id}
      .place=${geometry?.type === 'Point' ? (geometry.coordinates as Position) : undefined}
      ?looks=${layer.fields.some((field) => field.name === 'azimuth_deg' && field.isWritten)}
      .azimuth=${this.values.azimuth_deg as number | null}
      .opening=${this.values.hfov_deg as number | null}
      .problems=${this.problems.get('geometry') ?? []}
      @place=${({ detail }: CustomEvent<Position>) => this.change('geometry', { type: 'Point', coordinates: detail }, item.geometry)}
      @azimuth=${({ detail }: CustomEvent<number>) => this.change('azimuth_deg', detail, item.properties.azimuth_deg)}
    ></place-chooser>`;
  }

  private change(name: string, value: unknown, before: unknown) {
    const others = Object.entries(this.changes).filter(([other]) => other !== name);
    this.changes = Object.fromEntries(same(value, before) ? others : [...others, [name, value]]);
    this.draft.keep({ changes: this.changes, etag: this.etag });
  }

  private save = async (confirm: string[] = []): Promise<void> => {
    const { layer, changes } = this;
    if (!Object.keys(changes).length) return toast(t('nothingChanged'));
    const problems = ownProblems(layer, this.values);
    if (problems.size) return this.refuse(problems);
    this.isSaving = true;
    try {
      const { geometry, ...properties } = changes;
      const sent = await deliver<Item>({
        key: newKey(),
        account: this.session.me.account.id,
        method: 'PATCH',
        path: `/collections/${layer.id}/items/${this.item.id}`,
        body: { ...(geometry === undefined ? {} : { geometry }), properties, ...(confirm.length ? { confirm } : {}) },
        contentType: 'application/merge-patch+json',
        ifMatch: this.etag,
        title: nameOf(this.item),
        page: `/console/${layer.id}/${this.item.id}`,
      });
      this.draft.forget();
      toast(sent ? t('saved') : t('keptForLater'), { isFailure: !sent });
      this.leave(sent ? { item: sent.body, etag: sent.etag } : {});
    } catch (error) {
      await this.refused(error);
    } finally {
      this.isSaving = false;
    }
  };

  private async refused(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 412) return this.settle();
    if (error.problem.errors?.some(({ code }) => code === 'dup.near')) {
      const anyway = await askFor({ title: t('checkFields', { n: 1 }), text: error.message, yes: t('save') });
      return anyway === undefined ? undefined : this.save(['dup.near']);
    }
    this.refuse(problemsOf(error.problem));
  }

  /** Somebody was first: shows both, and saves what is chosen upon the record as it is now. */
  private async settle(): Promise<void> {
    const { body: now, etag } = await send<Item>('GET', `/collections/${this.layer.id}/items/${this.item.id}`);
    const chosen = await resolve(this.layer, this.changes, now);
    if (!chosen) return;
    [this.item, this.etag, this.changes] = [now, etag, chosen];
    if (Object.keys(chosen).length) return this.save();
    this.draft.forget();
    this.leave({ item: now, etag });
  }

  private refuse(problems: Problems) {
    this.problems = problems;
    const [first] = problems.keys();
    if (first) void this.querySelector<RecordForm>('record-form')?.show(first);
  }

  private startOver = () => {
    this.draft.forget();
    [this.changes, this.isRestored] = [{}, false];
  };

  private cancel = () => {
    this.draft.forget();
    this.leave({});
  };

  private leave(detail: Edited) {
    this.dispatchEvent(new CustomEvent('edited', { detail }));
  }
}
