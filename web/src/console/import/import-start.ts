/** Where a file is chosen or dropped, and the imports before. */
import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { get, query } from '../../api/get';
import { layers, type Layer } from '../../api/layers';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { day, number, pick } from '../../texts';
import { icon } from '../shell/icons';
import { go } from '../shell/router';
import type { Session } from '../shell/session';
import { dropUnsent, keepUnsent, unsent, type Unsent } from './draft';
import type { Import, Summary } from './plan';
import { t } from './texts';

const KINDS = '.xlsx,.xls,.ods,.csv,.tsv,.txt,.geojson,.json,.kml,.kmz';
const LATEST = 10;

@customElement('import-start')
export class ImportStart extends LitElement {
  @property({ attribute: false }) session!: Session;
  @state() private collection = '';
  @state() private mode: Unsent['mode'] | undefined;
  @state() private organisation = '';
  @state() private left: Unsent | undefined;
  @state() private sending: string | undefined;
  @state() private failure: Error | undefined;
  @state() private isOver = false;

  private known = new Task(this, {
    args: () => [],
    task: async () => {
      const [all, { imports }] = await Promise.all([layers(), get<{ imports: Summary[] }>(query('/imports', { limit: LATEST }))]);
      const mine = all.filter((layer) => !layer.unitLevel && this.session.mayWrite(layer));
      // Who sends a list each month sends the same kind again.
      const last = imports.find(({ collection }) => mine.some(({ id }) => id === collection));
      this.collection ||= last?.collection ?? mine[0]?.id ?? '';
      this.mode ??= last?.mode ?? 'upsert';
      return { layers: mine, imports };
    },
  });

  override connectedCallback() {
    super.connectedCallback();
    this.organisation = this.session.me.account.organisation ?? '';
    void unsent().then((left) => (this.left = left));
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<h1>${t('title')}</h1>
      ${this.known.render({
        pending: () => waiting(t('opening')),
        error: (error) => failure((error as Error).message, () => void this.known.run()),
        complete: ({ layers, imports }) => (layers.length ? this.choose(layers, imports) : html`<p>${t('noLayer')}</p>`),
      })}`;
  }

  private choose(layers: Layer[], imports: Summary[]) {
    return html`${this.left && !this.sending ? this.resume(this.left) : nothing}
      <div class="card start">
        ${
          layers.length > 1
            ? html`<label class="field"
                >${t('what')}<select @change=${(event: Event) => (this.collection = (event.target as HTMLSelectElement).value)}>
                  ${layers.map(({ id, title }) => html`<option value=${id} ?selected=${id === this.collection}>${pick(title)}</option>`)}
                </select></label
              >`
            : nothing
        }
        <fieldset>
          <legend>${t('how')}</legend>
          ${(['upsert', 'snapshot'] as const).map(
            (mode) =>
              html`<label class="choice"
                ><input type="radio" name="mode" .checked=${mode === this.mode} @change=${() => (this.mode = mode)} /><span
                  ><strong>${t(`mode.${mode}`)}</strong> <span class="quiet">${t(`mode.${mode}.help`)}</span></span
                ></label
              >`,
          )}
        </fieldset>
        ${
          this.mode === 'snapshot' && !this.session.me.account.organisation
            ? html`<label class="field"
                >${t('organisation')}<input
                  maxlength="200"
                  .value=${this.organisation}
                  @input=${(event: Event) => (this.organisation = (event.target as HTMLInputElement).value)}
                /><span class="quiet">${t('organisationHelp')}</span></label
              >`
            : nothing
        }
        ${this.sending ? waiting(t('sending', { name: this.sending })) : this.dropZone()}
        ${this.failure && this.left ? failure(this.failure.message, () => void this.send(this.left!)) : nothing}
        <p class="quiet">
          ${t('kinds')} <a href=${`/api/v1/collections/${this.collection}/import-template.xlsx`} download>${t('template')}</a>
        </p>
      </div>
      ${this.latest(layers, imports)}`;
  }

  private dropZone() {
    return html`<label
      class="drop ${this.isOver ? 'over' : ''}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.isOver = true;
      }}
      @dragleave=${() => (this.isOver = false)}
      @drop=${(event: DragEvent) => {
        event.preventDefault();
        this.isOver = false;
        this.take(event.dataTransfer?.files);
      }}
    >
      ${icon('import')}<span><strong>${t('choose')}</strong> ${t('orDrop')}</span>
      <input
        type="file"
        class="unseen"
        accept=${KINDS}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          this.take(input.files);
          input.value = '';
        }}
      />
    </label>`;
  }

  private resume(left: Unsent) {
    return html`<div class="note resume">
      <p>${t('unsent', { name: left.file.name })}</p>
      <button type="button" @click=${() => void this.send(left)}>${t('sendNow')}</button>
      <button type="button" class="textual" @click=${() => this.forget()}>${t('drop')}</button>
    </div>`;
  }

  private latest(layers: Layer[], imports: Summary[]) {
    if (!imports.length) return nothing;
    const titleOf = (id: string) => {
      const layer = layers.find((layer) => layer.id === id);
      return layer ? pick(layer.title) : id;
    };
    return html`<h2>${t('latest')}</h2>
      <ul class="latest">
        ${imports.map(
          (one) =>
            html`<li>
              <a href="/console/import/${one.id}"><strong>${one.file.name ?? t('file')}</strong></a>
              <span>${titleOf(one.collection)}${one.mode === 'snapshot' ? ` · ${t('mode.snapshot')}` : ''}</span>
              <span class="state ${one.status}">${t(`status.${one.status}`)}</span>
              <span class="quiet"
                >${day(one.created_at)}${one.counts.written ? ` · ${t('rowsWritten', { n: number(one.counts.written) })}` : ''}</span
              >
            </li>`,
        )}
      </ul>`;
  }

  private take(files: FileList | null | undefined) {
    const file = files?.[0];
    if (!file) return;
    if (this.mode === 'snapshot' && !this.organisation.trim()) {
      this.querySelector<HTMLInputElement>('.field input')?.focus();
      return;
    }
    void this.send({ file, collection: this.collection, mode: this.mode ?? 'upsert', organisation: this.organisation });
  }

  private async send(unsent: Unsent): Promise<void> {
    const { file, collection, mode, organisation } = unsent;
    this.failure = undefined;
    this.sending = file.name;
    this.left = unsent;
    await keepUnsent(unsent);
    const form = new FormData();
    form.append('mode', mode);
    if (organisation && (mode === 'snapshot' || this.session.me.account.organisation)) form.append('source_org', organisation);
    form.append('file', file);
    try {
      const { body } = await send<Import>('POST', `/collections/${collection}/imports`, { body: form });
      await dropUnsent();
      go(`/console/import/${body.id}`);
    } catch (error) {
      this.failure = error as Error;
      this.sending = undefined;
    }
  }

  private forget() {
    this.left = undefined;
    this.failure = undefined;
    void dropUnsent();
  }
}
