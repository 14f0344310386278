/** The rows with problems, beside a map: suggestions are taken by a click, cells edited in place. */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { number } from '../../texts';
import { icon } from '../shell/icons';
import type { Session } from '../shell/session';
import { ImportPart } from './part';
import { isOfRow, rows, suggested, type Correction, type Finding, type Row } from './plan';
import './import-map';
import './row-card';
import type { Placed } from './import-map';
import { t } from './texts';

type Severity = 'error' | 'warning';

/** A row with what is wrong in it. */
export interface Doubtful {
  row: Row;
  findings: Finding[];
}

/** How many rows are shown at first, and with each further step. What is out of sight is not laid out (`content-visibility`). */
const MANY = 100;

@customElement('step-rows')
export class StepRows extends ImportPart {
  @property({ attribute: false }) session!: Session;
  @state() private rows: Row[] = [];
  @state() private failed: Error | undefined;
  @state() private only: Severity | undefined;
  @state() private active = -1;
  @state() private most = MANY;
  /** The row whose place is the next click on the map. */
  @state() private placing = -1;
  /** The corrections before suggestions were last taken here. */
  @state() private untaken: Correction[] | undefined;
  private loaded: string | null = null;

  protected override willUpdate(changed: PropertyValues<this>) {
    const { plan, id, status } = this.plan;
    if (!changed.has('version') || status !== 'planned' || plan === this.loaded) return;
    this.loaded = plan;
    void this.load(id);
  }

  private async load(id: string): Promise<void> {
    this.failed = undefined;
    const focused = this.querySelector(':focus')?.closest('row-card')?.getAttribute('data-nth');
    try {
      this.rows = await rows(id, { severity: 'warning' });
    } catch (error) {
      this.failed = error as Error;
      this.loaded = null;
    }
    await this.updateComplete;
    // A row that is right now has gone, and with it the focus: it goes to the next one.
    if (focused && !this.querySelector(`[data-nth="${focused}"]`)) this.focusAfter(Number(focused));
  }

  private focusAfter(nth: number) {
    const next = [...this.querySelectorAll<HTMLElement>('row-card')].find((card) => Number(card.dataset.nth) > nth);
    (next?.querySelector<HTMLElement>('h3') ?? this.querySelector<HTMLElement>('h2'))?.focus();
  }

  protected override render() {
    const { findings } = this.plan;
    const own = findings.filter(isOfRow);
    const count = (severity: Severity) =>
      new Set(own.filter((one) => one.severity === severity).map(({ sheet, row }) => `${sheet}/${row}`)).size;
    const [errors, warnings] = [count('error'), count('warning')];
    const shown = this.doubtful(own);
    return html`<h2 tabindex="-1">${t('rowsTitle')}</h2>
      ${!own.length ? html`<p>${t('rowsNone')}</p>` : nothing}
      ${errors ? html`<p>${t('rowsHelp')}</p>` : own.length ? html`<p>${t('warningsHelp')}</p>` : nothing}
      ${this.untaken ? this.taken(this.untaken) : nothing} ${this.kinds(own)}
      ${
        errors && warnings
          ? html`<div class="chips" role="group" aria-label=${t('show')}>
              ${this.chip(undefined, t('allRows'), errors + warnings)} ${this.chip('error', t('severity.error'), errors)}
              ${this.chip('warning', t('severity.warning'), warnings)}
            </div>`
          : nothing
      }
      ${
        this.failed
          ? html`<div class="failure" role="alert">
              <p>${this.failed.message}</p>
              <button type="button" @click=${() => void this.load(this.plan.id)}>${t('retry')}</button>
            </div>`
          : nothing
      }
      <div class="beside">
        <div class="rows" @place-row=${({ detail }: CustomEvent<number>) => this.startPlacing(detail)}>${this.list(shown)}</div>
        ${
          shown.length
            ? html`<import-map
                .places=${this.places(shown)}
                .active=${this.active}
                .session=${this.session}
                .asks=${this.asked(shown)}
                @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && (this.placing = -1)}
                @place=${({ detail }: CustomEvent<[number, number]>) => this.place(detail, shown)}
                @choose=${({ detail }: CustomEvent<number>) => this.reveal(detail, shown)}
              ></import-map>`
            : nothing
        }
      </div>`;
  }

  private startPlacing(nth: number) {
    this.placing = this.active = nth;
    void this.updateComplete.then(() => {
      const map = this.querySelector<HTMLElement>('import-map');
      map?.scrollIntoView({ block: 'nearest' });
      map?.querySelector<HTMLElement>('canvas')?.focus({ preventScroll: true });
    });
  }

  /** What the map asks for, if a place is to be chosen. */
  private asked(shown: Doubtful[]): string {
    const found = shown.find(({ row }) => row.nth === this.placing);
    return found ? t('clickPlace', { n: found.row.row }) : '';
  }

  private place([lng, lat]: [number, number], shown: Doubtful[]) {
    const found = shown.find(({ row }) => row.nth === this.placing);
    this.placing = -1;
    if (!found) return;
    const { sheet, row, nth } = found.row;
    this.work.say({ cells: [{ sheet, row, field: 'geom', value: `${lat.toFixed(6)}, ${lng.toFixed(6)}` }] });
    this.reveal(nth, shown);
  }

  private chip(severity: Severity | undefined, text: string, count: number) {
    return html`<button type="button" aria-pressed=${this.only === severity} @click=${() => (this.only = severity)}>
      ${text} (${number(count)})
    </button>`;
  }

  private doubtful(own: Finding[]): Doubtful[] {
    const byRow = new Map<string, Finding[]>();
    for (const finding of own) {
      const key = `${finding.sheet}/${finding.row}`;
      byRow.set(key, [...(byRow.get(key) ?? []), finding]);
    }
    const doubtful = this.rows.flatMap((row) => {
      const findings = byRow.get(`${row.sheet}/${row.row}`);
      const isShown = findings && (!this.only || findings.some(({ severity }) => severity === this.only));
      return isShown ? [{ row, findings }] : [];
    });
    // What cannot be written comes first.
    const isError = ({ findings }: Doubtful) => findings.some(({ severity }) => severity === 'error');
    return [...doubtful.filter(isError), ...doubtful.filter((one) => !isError(one))];
  }

  private list(shown: Doubtful[]) {
    const card = ({ row, findings }: Doubtful) =>
      html`<row-card
        data-nth=${row.nth}
        .work=${this.work}
        .layer=${this.layer}
        .version=${this.version}
        .row=${row}
        .findings=${findings}
        ?active=${row.nth === this.active}
        @focusin=${() => (this.active = row.nth)}
        @pointerenter=${() => (this.active = row.nth)}
      ></row-card>`;
    const more = shown.length - this.most;
    return html`${repeat(shown.slice(0, this.most), ({ row }) => row.nth, card)}
    ${
      more > 0
        ? html`<p>
            <button type="button" @click=${() => (this.most += MANY)}>
              ${t('moreRows', { n: number(Math.min(more, MANY)), left: number(more) })}
            </button>
          </p>`
        : nothing
    }`;
  }

  /** The problems by kind, each with its suggestions at once. */
  private kinds(own: Finding[]) {
    const kinds = new Map<string, Finding[]>();
    for (const finding of own) kinds.set(finding.code, [...(kinds.get(finding.code) ?? []), finding]);
    const takeable = own.filter((finding) => suggested(finding).length === 1);
    const isBusy = this.work.busy !== undefined;
    return html`<ul class="kinds">
        ${[...kinds].map(([code, findings]) => {
          const count = findings.filter((finding) => suggested(finding).length === 1).length;
          return html`<li class=${findings[0]!.severity}>
            <span><strong>${t('rowsOf', { n: number(findings.length) })}</strong> ${findings[0]!.message}</span>
            ${
              count && kinds.size > 1
                ? html`<button type="button" ?disabled=${isBusy} @click=${() => void this.take([code])}>
                    ${t('takeSome', { n: number(count) })}
                  </button>`
                : nothing
            }
          </li>`;
        })}
      </ul>
      ${
        takeable.length
          ? html`<p>
              <button type="button" class="primary" ?disabled=${isBusy} @click=${() => void this.take()}>
                ${icon('check')}${t('takeAll', { n: number(takeable.length) })}
              </button>
            </p>`
          : nothing
      }`;
  }

  private async take(codes?: string[]): Promise<void> {
    const before = this.plan.corrections;
    await this.work.take(codes);
    if (this.plan.corrections.length > before.length) this.untaken = before;
    this.querySelector<HTMLElement>('h2')?.focus();
  }

  private taken(before: Correction[]) {
    const giveBack = async () => {
      this.untaken = undefined;
      await this.work.restore(before);
      this.querySelector<HTMLElement>('h2')?.focus();
    };
    return html`<p class="taken" role="status">
      ${icon('check')} ${t('taken', { n: number(this.plan.corrections.length - before.length) })}
      <button type="button" class="textual" ?disabled=${this.work.busy !== undefined} @click=${giveBack}>${t('undoThis')}</button>
    </p>`;
  }

  /** Where the rows are: as planned, or as suggested. */
  private places(shown: Doubtful[]): Placed[] {
    return shown.flatMap(({ row, findings }) => {
      const place = findings
        .filter(({ field }) => field === 'geom')
        .flatMap(suggested)
        .map(degrees)
        .find(Boolean);
      const point = row.geometry?.type === 'Point' ? (row.geometry.coordinates as [number, number]) : undefined;
      const at = place ?? point;
      const isError = findings.some(({ severity }) => severity === 'error');
      return at ? [{ nth: row.nth, label: String(row.row), at, isError }] : [];
    });
  }

  private reveal(nth: number, shown: Doubtful[]) {
    this.active = nth;
    const index = shown.findIndex(({ row }) => row.nth === nth);
    this.most = Math.max(this.most, index + 1);
    void this.updateComplete.then(() => {
      const card = this.querySelector<HTMLElement>(`[data-nth="${nth}"]`);
      card?.scrollIntoView({ block: 'center' });
      card?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
    });
  }
}

/** Longitude and latitude of a suggested place, given in any order: in Vietnam the longitude is the greater. */
export function degrees(text: string): [number, number] | undefined {
  const [a, b] = text.split(',').map(Number);
  return a !== undefined && b !== undefined && Number.isFinite(a) && Number.isFinite(b) ? [Math.max(a, b), Math.min(a, b)] : undefined;
}

/** What the sender wrote for a cell and the service does not know yet. */
export function waitingFor(cells: Correction[] | undefined, { sheet, row }: Row, field: string): string | undefined {
  return cells?.find((cell) => cell.sheet === sheet && cell.row === row && cell.field === field)?.value;
}
