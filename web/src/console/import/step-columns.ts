/** What each column holds, with some of its cells, and the values for the whole file. */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Commune, Session } from '../shell/session';
import { ImportPart, notes } from './part';
import { lacksZone, OTHERS, PLACES, rows, type Column, type Row, type SheetMapping } from './plan';
import { t } from './texts';
import { choicesOf, communesOf, valueInput, zones } from './value-input';

/** Rows from which the sample cells are taken, and how many of a column are shown. */
const SAMPLED = 60;
const SAMPLES = 3;

@customElement('step-columns')
export class StepColumns extends ImportPart {
  @property({ attribute: false }) session!: Session;
  @state() private sampled: Row[] = [];
  @state() private communes: Commune[] = [];
  /** A field that the sender wants to give a value besides. */
  @state() private added: string[] = [];
  private asked = '';

  protected override willUpdate(changed: PropertyValues<this>) {
    const { id, plan } = this.plan;
    if (!changed.has('version') || this.asked || !plan) return;
    this.asked = id;
    void rows(id, { limit: SAMPLED }).then(
      (sampled) => (this.sampled = sampled),
      () => undefined,
    );
    void communesOf(this.session).then(
      (communes) => (this.communes = communes),
      () => undefined,
    );
  }

  protected override render() {
    const { mapping, findings } = this.plan;
    const ofFile = findings.filter(({ row, code }) => row === null && !code.startsWith('snapshot.'));
    const told = ofFile.filter(({ severity }) => severity !== 'info');
    const infos = ofFile.filter(({ severity }) => severity === 'info');
    return html`<h2>${t('columnsTitle')}</h2>
      ${notes(told)} ${this.defaults()}
      <p>${t('columnsHelp')}</p>
      ${mapping?.map((sheet) => this.sheet(sheet, (mapping.length ?? 0) > 1))}
      ${
        infos.length
          ? html`<details>
              <summary>${t('notesOfFile', { n: infos.length })}</summary>
              ${notes(infos)}
            </details>`
          : nothing
      }`;
  }

  private sheet({ sheet, columns }: SheetMapping, isNamed: boolean) {
    return html`${isNamed ? html`<h3>${t('sheet', { name: sheet })}</h3>` : nothing}
      <ul class="columns">
        ${repeat(
          columns,
          ({ column }) => column,
          (column) => this.column(sheet, column),
        )}
      </ul>`;
  }

  private column(sheet: string, { column, header, target }: Column) {
    const key = header || column;
    const waiting = this.work.draft.pending.mapping?.[key];
    const held = waiting ?? target;
    const cells = this.sampled.filter((row) => row.sheet === sheet).map(({ cells }) => cells[column] ?? '');
    const samples = [...new Set(cells.filter(Boolean))].slice(0, SAMPLES);
    const id = `column-${sheet}-${column}`;
    return html`<li class=${held === 'unknown' ? 'unknown' : held === 'ignore' ? 'ignored' : ''}>
      <label for=${id}><span class="letter">${column}</span> ${header || t('noHeader')}</label>
      <span class="samples">${samples.length ? samples.join(' · ') : t('noCells')}</span>
      <select id=${id} @change=${(event: Event) => this.work.say({ mapping: { [key]: (event.target as HTMLSelectElement).value } })}>
        ${held === 'unknown' ? html`<option value="unknown" selected disabled>${t('target.unknown')}</option>` : nothing}
        <option value="ignore" ?selected=${held === 'ignore'}>${t('target.ignore')}</option>
        ${this.targets().map(
          ({ title, names }) =>
            html`<optgroup label=${title}>
              ${names.map((name) => html`<option value=${name} ?selected=${name === held}>${this.titleOf(name)}</option>`)}
            </optgroup>`,
        )}
      </select>
    </li>`;
  }

  private targets(): { title: string; names: string[] }[] {
    const fields = this.layer.fields.map(({ name }) => name);
    // A field of several values may have a column for each, with ticks.
    const ticks = this.ticked();
    return [
      { title: t('fields'), names: fields },
      { title: t('place'), names: [...PLACES] },
      { title: t('others'), names: [...OTHERS, ...ticks] },
    ];
  }

  private ticked(): string[] {
    const held = this.plan.mapping?.flatMap(({ columns }) => columns.map(({ target }) => target)) ?? [];
    const names = new Set(held.filter((target) => target.includes('=')).map((target) => target.split('=')[0]!));
    return this.layer.fields
      .filter(({ name }) => names.has(name))
      .flatMap(({ name, values }) => values.map(({ value }) => `${name}=${value}`));
  }

  /** Fields that no row says, and which a new record needs; what the sender gave; what was added. */
  private asks(): string[] {
    const { findings, options } = this.plan;
    const missing = findings.filter(({ row, code, field }) => row === null && code === 'required' && field).map(({ field }) => field!);
    const place = missing.includes('geom') ? ['declared_commune_code'] : [];
    const grid = lacksZone(this.plan) ? ['central_meridian'] : [];
    const given = [options.defaults, options.remembered?.defaults, this.work.draft.pending.defaults].flatMap((all) =>
      Object.keys(all ?? {}),
    );
    return [...new Set([...missing.filter((name) => name !== 'geom'), ...place, ...grid, ...given, ...this.added])];
  }

  private defaults() {
    const asked = this.asks();
    const held = new Set(this.plan.mapping?.flatMap(({ columns }) => columns.map(({ target }) => target)));
    const more = this.layer.fields.filter(({ name }) => !asked.includes(name) && !held.has(name));
    return html`<section class="card defaults">
      <h3>${t('wholeFile')}</h3>
      <p class="quiet">${t('wholeFileHelp')}</p>
      ${asked.map((name) => this.default(name))}
      <label class="field more"
        ><span class="unseen">${t('addDefault')}</span>
        <select
          @change=${(event: Event) => {
            const select = event.target as HTMLSelectElement;
            this.added = [...this.added, select.value];
            select.value = '';
            void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#default-${this.added.at(-1)}`)?.focus());
          }}
        >
          <option value="">${t('addDefault')}</option>
          ${more.map(({ name }) => html`<option value=${name}>${this.titleOf(name)}</option>`)}
          ${asked.includes('central_meridian') ? nothing : html`<option value="central_meridian">${t('target.central_meridian')}</option>`}
        </select></label
      >
    </section>`;
  }

  private default(name: string) {
    const { options } = this.plan;
    const said = { ...options.remembered?.defaults, ...options.defaults, ...this.work.draft.pending.defaults };
    const value = said[name];
    const isRemembered = name in (options.remembered?.defaults ?? {}) && !(name in (options.defaults ?? {}));
    const choices = name === 'central_meridian' ? zones() : choicesOf(this.field(name), this.communes);
    const text = value === undefined || value === null ? '' : String(value as string | number);
    const label = this.titleOf(name);
    return html`<div class="field">
      <label for="default-${name}">${label}</label>
      ${valueInput({ id: `default-${name}`, label, value: text, choices }, (chosen) =>
        this.work.say({ defaults: { [name]: chosen === '' ? null : name === 'central_meridian' ? Number(chosen) : chosen } }),
      )}
      ${isRemembered ? html`<span class="quiet">${t('remembered')}</span>` : nothing}
    </div>`;
  }
}
