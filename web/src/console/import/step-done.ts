/** What was written, with the rest as a file, the way to the records, and undoing. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { number, pick, within } from '../../texts';
import { failure, waiting } from '../../parts/part';
import { askFor } from '../shell/dialog';
import { icon } from '../shell/icons';
import { ImportPart } from './part';
import { t } from './texts';

@customElement('step-done')
export class StepDone extends ImportPart {
  protected override firstUpdated() {
    this.querySelector<HTMLElement>('h2')?.focus();
  }

  protected override render() {
    const { plan, work } = this;
    const { counts, collection, id, status, undone } = plan;
    const left = counts.left ?? 0;
    const what = within(pick(this.layer.title));
    return html`<div class="card finished ${status}">
      <h2 tabindex="-1">
        ${status === 'undone' ? icon('undo') : icon('check')}
        ${status === 'undone' ? t('undone', { n: number(undone?.restored ?? 0) }) : t('written', { n: number(counts.written ?? 0), what })}
      </h2>
      ${status === 'undone' && undone?.kept.length ? html`<p>${t('kept', { n: number(undone.kept.length) })}</p>` : nothing}
      ${status === 'committed' ? this.counts() : nothing}
      ${
        left && status === 'committed'
          ? html`<p class="note">
              ${t('left', { n: number(left) })}
              <a href=${`/api/v1/imports/${id}/workbook?rows=refused`} download>${t('asFile')}</a>
            </p>`
          : nothing
      }
      ${work.failure ? failure(work.failure.message, () => void work.undo()) : nothing} ${work.busy ? waiting(t(work.busy)) : nothing}
      <p class="answers">
        <a class="primary" href="/console/${collection}">${t('toList')}</a>
        <a class="button" href="/?layers=${collection}">${t('toMap')}</a>
        <a class="button" href="/console/import">${t('another')}</a>
        ${
          status === 'committed'
            ? html`<button type="button" ?disabled=${work.busy !== undefined} @click=${() => void this.undo()}>
                ${icon('undo')} ${t('undo')}
              </button>`
            : nothing
        }
      </p>
    </div>`;
  }

  private counts() {
    const { counts } = this.plan;
    const parts = (['create', 'update', 'restore', 'missing', 'unchanged'] as const).filter((name) => counts[name]);
    return html`<p>${parts.map((name) => `${t(`done.${name}`)}: ${number(counts[name]!)}`).join(' · ')}</p>`;
  }

  private async undo(): Promise<void> {
    const { counts } = this.plan;
    const text = t('undoText', { n: number(counts.written ?? 0) });
    const answer = await askFor({ title: t('undoTitle'), text, yes: t('undo'), isDangerous: true });
    if (answer === undefined) return;
    await this.work.undo();
    this.querySelector<HTMLElement>('h2')?.focus();
  }
}
