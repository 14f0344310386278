/** What would be written: new, changed, unchanged, missing; then the writing itself. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { number, pick, within } from '../../texts';
import { ImportPart, notes } from './part';
import { columnsOf, columnsOfField, isOfRow, rows, type Listed, type Row } from './plan';
import { day } from '../../texts';
import { t } from './texts';

@customElement('step-summary')
export class StepSummary extends ImportPart {
  @state() private created: Row[] | undefined;
  @state() private confirmsMissing = false;

  protected override render() {
    const { counts, findings, mode } = this.plan;
    const what = within(pick(this.layer.title));
    const ofFile = findings.filter(({ row, severity }) => row === null && severity !== 'info');
    const count = (name: string) => counts[name] ?? 0;
    return html`<h2>${t('summaryTitle')}</h2>
      <p>${t('nothingYet')}</p>
      <div class="counts">
        ${this.counted('create', count('create'), t('create', { what }), () => this.news())}
        ${this.counted('update', count('update'), t('update'), () => this.changes(this.plan.updates, count('update')))}
        ${count('restore') ? this.counted('restore', count('restore'), t('restore'), () => this.changes(this.plan.restores, count('restore'))) : nothing}
        ${this.counted('unchanged', count('unchanged'), t('unchanged'))}
        ${mode === 'snapshot' ? this.counted('missing', count('missing'), t('missing', { day: day(this.plan.options.effective_on) }), () => this.gone()) : nothing}
        ${count('error') ? this.counted('error', count('error'), t('errors')) : nothing}
      </div>
      ${notes(ofFile)} ${this.write()}`;
  }

  private counted(kind: string, count: number, text: string, list?: () => unknown) {
    const head = html`<strong>${number(count)}</strong> <span>${text}</span>`;
    if (!count || !list) return html`<div class="count ${kind}">${head}</div>`;
    const toggle = (event: Event) => {
      if (kind === 'create' && (event.target as HTMLDetailsElement).open && !this.created) void this.load();
    };
    return html`<details class="count ${kind}" @toggle=${toggle}>
      <summary>${head}</summary>
      ${list()}
    </details>`;
  }

  private async load(): Promise<void> {
    this.created = await rows(this.plan.id, { op: 'create' }).catch(() => []);
  }

  private lines<T>(items: T[], line: (item: T) => TemplateResult, total: number) {
    const more =
      total > items.length ? html`<p class="quiet">${t('firstOf', { n: number(items.length), total: number(total) })}</p>` : nothing;
    return html`<ul class="lines" tabindex="0">
        ${items.map((item) => html`<li>${line(item)}</li>`)}
      </ul>
      ${more}`;
  }

  private news() {
    if (!this.created) return html`<p role="status">${t('opening')}</p>`;
    const text = ({ sheet, row, cells }: Row) => {
      const named = columnsOfField(columnsOf(this.plan, sheet), 'name')[0];
      return html`<span class="quiet">${t('row', { n: row })}</span> ${(named && cells[named.column]) ?? ''}`;
    };
    return this.lines(this.created, text, this.plan.counts.create ?? 0);
  }

  private changes(listed: Listed[], total: number) {
    return this.lines(
      listed,
      ({ code, name, row, fields }) =>
        html`<span>${[row === undefined ? '' : t('row', { n: row }), code, name].filter(Boolean).join(' · ')}</span>
          <ul class="changed">
            ${Object.entries(fields ?? {}).map(
              ([field, { before, after }]) =>
                html`<li>${this.titleOf(field)}: <del>${this.shown(field, before)}</del> → <ins>${this.shown(field, after)}</ins></li>`,
            )}
          </ul>`,
      total,
    );
  }

  private gone() {
    const { missing, counts } = this.plan;
    return this.lines(missing, ({ code, name }) => html`<span>${[code, name].filter(Boolean).join(' · ')}</span>`, counts.missing ?? 0);
  }

  private write() {
    const { plan, work } = this;
    const count = (name: string) => plan.counts[name] ?? 0;
    const good = count('create') + count('update') + count('restore') + count('missing');
    const warned = new Set(
      plan.findings.filter((one) => isOfRow(one) && one.severity === 'warning').map(({ sheet, row }) => `${sheet}/${row}`),
    ).size;
    const many = plan.findings.some(({ code }) => code === 'snapshot.many_missing');
    const isWhole = plan.findings.some(({ row, severity }) => row === null && severity === 'error');
    const hasOpenPairs = work.needs('pairs');
    const isHeld = isWhole || hasOpenPairs || (many && !this.confirmsMissing) || work.busy !== undefined;
    const errors = count('error');
    const consent = { ...(errors && { only: 'valid' as const }), ...(many && { confirm_missing: this.confirmsMissing }) };
    return html`<div class="write">
      ${warned ? html`<p>${t('warned', { n: number(warned) })} <a href="?step=rows" @click=${this.toRows}>${t('lookAgain')}</a></p>` : nothing}
      ${
        many
          ? html`<label class="choice"
              ><input
                type="checkbox"
                .checked=${this.confirmsMissing}
                @change=${() => (this.confirmsMissing = !this.confirmsMissing)}
              /><span>${t('confirmMissing', { n: number(count('missing')) })}</span></label
            >`
          : nothing
      }
      ${hasOpenPairs ? html`<p class="note">${t('pairsFirst')}</p>` : nothing}
      ${isWhole ? html`<p class="note">${t('wholeFirst')}</p>` : nothing}
      ${errors && good ? html`<p>${t('partHelp', { n: number(errors) })}</p>` : nothing}
      <p class="answers">
        ${
          good || !errors
            ? html`<button type="button" class="primary" ?disabled=${isHeld} @click=${() => void work.commit(consent)}>
                ${errors ? t('writeGood', { n: number(good), left: number(errors) }) : good ? t('writeAll', { n: number(good) }) : t('writeNone')}
              </button>`
            : nothing
        }
        ${
          errors
            ? html`<a class="button" href="?step=rows" @click=${this.toRows}>${t('correctRest')}</a>
                <a class="button" href=${`/api/v1/imports/${plan.id}/workbook?rows=refused`} download>${t('asFile')}</a>`
            : nothing
        }
      </p>
    </div>`;
  }

  private toRows = (event: Event) => {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('open-step', { detail: 'rows', bubbles: true }));
  };
}
