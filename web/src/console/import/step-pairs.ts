/** New rows that are perhaps a record that the list lacks: the same, or two? */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { number, pick, within } from '../../texts';
import { ImportPart } from './part';
import { columnsOf, rows, type Pair, type Row } from './plan';
import { t } from './texts';

/** How many cells beside the name tell a new row. */
const OTHER_CELLS = 2;

@customElement('step-pairs')
export class StepPairs extends ImportPart {
  @state() private rows: Row[] = [];
  private loaded: string | null = null;

  protected override willUpdate(changed: PropertyValues<this>) {
    const { plan, id, status } = this.plan;
    if (!changed.has('version') || status !== 'planned' || plan === this.loaded) return;
    this.loaded = plan;
    void rows(id, { severity: 'warning' }).then(
      (rows) => (this.rows = rows),
      () => (this.loaded = null),
    );
  }

  protected override render() {
    const { pairs } = this.plan;
    const isSingle = (pair: Pair) => pairs.filter(({ sheet, row }) => sheet === pair.sheet && row === pair.row).length === 1;
    const { open } = this;
    const apart = pairs.filter((pair) => this.work.isApart(pair));
    const what = within(pick(this.layer.title));
    return html`<h2>${t('pairsTitle')}</h2>
      <p>${open.length ? t('pairsHelp', { what }) : t('pairsNone')}</p>
      ${
        open.filter(isSingle).length > 1
          ? html`<p>
              <button
                type="button"
                class="primary"
                ?disabled=${this.work.busy !== undefined}
                @click=${() => this.join(open.filter(isSingle))}
              >
                ${t('joinAll', { n: number(open.filter(isSingle).length) })}
              </button>
            </p>`
          : nothing
      }
      <ul class="pairs">
        ${repeat(
          open,
          ({ sheet, row, id }) => `${sheet}/${row}/${id}`,
          (pair) => this.pair(pair),
        )}
      </ul>
      ${apart.length ? html`<p class="quiet">${t('apart', { n: number(apart.length) })}</p>` : nothing}`;
  }

  /** The pairs of which nobody has said anything. */
  private get open(): Pair[] {
    const waiting = this.work.draft.pending.cells ?? [];
    const isSaid = ({ sheet, row }: Pair) => waiting.some((cell) => cell.field === 'id' && cell.sheet === sheet && cell.row === row);
    return this.plan.pairs.filter((pair) => !this.work.isApart(pair) && !isSaid(pair));
  }

  private pair(pair: Pair) {
    const old = this.plan.missing.find(({ id }) => id === pair.id);
    const why = pair.why.map((why) => (why === 'place' ? t('why.place', { n: number(pair.distance_m ?? 0, 0) }) : t(`why.${why}`)));
    return html`<li class="card">
      <div class="two">
        <p><span class="quiet">${t('inRegister')}</span><br />${old ? [old.code, old.name].filter(Boolean).join(' · ') : pair.id}</p>
        <p>
          <span class="quiet">${t('inFile', { n: pair.row })}</span><br />${this.said(pair)}
          ${why.length ? html`<span class="why">${why.join(', ')}</span>` : nothing}
        </p>
      </div>
      <p class="answers">
        <button type="button" @click=${() => this.join([pair])}>${t('same')}</button>
        <button type="button" @click=${() => this.tellApart(pair)}>${t('two')}</button>
      </p>
    </li>`;
  }

  /** What the new row says of itself: its name, and the first cells. */
  private said({ sheet, row }: Pair): string {
    const found = this.rows.find((one) => one.sheet === sheet && one.row === row);
    const used = columnsOf(this.plan, sheet).filter(({ target }) => this.field(target));
    const own = [
      ...used.filter(({ target }) => target !== 'name').slice(0, OTHER_CELLS),
      ...used.filter(({ target }) => target === 'name'),
    ];
    return own
      .map(({ column }) => found?.cells[column])
      .filter(Boolean)
      .join(' · ');
  }

  private join(pairs: Pair[]) {
    this.work.say({ cells: pairs.map(({ sheet, row, id }) => ({ sheet, row, field: 'id', value: String(id) })) });
    this.goOn();
  }

  private tellApart(pair: Pair) {
    this.work.tellApart(pair);
    this.goOn();
  }

  /** To the next pair; after the last one there is nothing left to ask here. */
  private goOn() {
    if (!this.open.length) return void this.dispatchEvent(new CustomEvent('step-done', { bubbles: true }));
    void this.updateComplete.then(() => {
      const next = this.querySelector<HTMLElement>('.answers button') ?? this.querySelector<HTMLElement>('h2');
      next?.focus();
    });
  }
}
