/** The figures of a unit for who reports them: published, on a day, and today, side by side; the units below as a sheet of A4. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Delta } from '../../api/figures';
import '../../parts/date-field';
import type { DateField } from '../../parts/date-field';
import { failure, waiting } from '../../parts/part';
import { day, language, number, pick, signed, t as general, tOr } from '../../texts';
import { today } from '../../view/address';
import { icon } from '../shell/icons';
import { listen } from '../shell/live';
import { Page } from '../shell/page';
import '../shell/unit-field';
import { askedBy, belowAddress, bookAddress, listOf, load, titleOf, type Definition, type Figure, type Register } from './register';
import { t } from './texts';
import './unit-sheet';
import './figures-page.css';

/** The first change is counted at once; those that follow closely, as of an import, together after so long. */
const CALM_MS = 1000;

@customElement('figures-page')
export class FiguresPage extends Page {
  private unlisten: () => void = () => undefined;
  /** Whether something changed since it was counted, and whether that is being counted. */
  private isStale = false;
  private isCounting = false;
  private last: Register | undefined;

  private register = new Task(this, {
    args: () => [this.query.toString()] as const,
    task: async (_, { signal }) => {
      const asked = await askedBy(this.query, this.session);
      return asked.unit ? load(asked, signal, this.last) : undefined;
    },
  });

  override connectedCallback() {
    super.connectedCallback();
    this.unlisten = listen(() => {
      this.isStale = true;
      void this.count();
    });
  }

  private async count(): Promise<void> {
    if (this.isCounting) return;
    this.isCounting = true;
    while (this.isStale && this.isConnected) {
      this.isStale = false;
      await this.register.run();
      await new Promise((done) => setTimeout(done, CALM_MS));
    }
    this.isCounting = false;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
  }

  protected override render() {
    const { value, error } = this.register;
    if (value) this.last = value;
    const shown = this.last;
    return html`<h1>${t('title')}</h1>
      ${this.controls(shown)} ${error ? failure((error as Error).message, () => void this.register.run()) : nothing}
      ${shown ? this.content(shown) : error ? nothing : waiting(general('loading'))}`;
  }

  private controls(shown: Register | undefined) {
    const asked = shown?.asked;
    const set = (event: CustomEvent<string | null>) => {
      const { name } = event.target as DateField;
      this.setQuery({ [name]: event.detail ?? (name === 'compare' ? '-' : undefined) });
    };
    const field = (name: string, label: string, value: string) =>
      html`<date-field compact name=${name} .label=${label} .value=${value} max=${today()} @date=${set}></date-field>`;
    return html`<div class="controls">
      <unit-field
        .label=${t('unit')}
        .on=${asked?.asOf ?? today()}
        .value=${asked?.unit ?? ''}
        @unit=${(event: CustomEvent<string>) => this.setQuery({ unit: event.detail })}
      ></unit-field>
      ${field('as_of', t('asOf'), asked?.asOf ?? '')} ${field('compare', t('compare'), asked?.compare ?? '')}
      ${field('known_at', t('knownAt'), asked?.knownAt ?? '')}
      ${
        shown?.published.length
          ? html`<label
              >${t('published')}<select @change=${this.turnTo}>
                <option value="">${t('choose')}</option>
                ${shown.published.map(({ unit, name, on }) => html`<option value=${unit} ?selected=${unit === asked?.unit}>${name}, ${day(on)}</option>`)}
              </select></label
            >`
          : nothing
      }
    </div>`;
  }

  private turnTo = (event: Event) => {
    const unit = (event.target as HTMLSelectElement).value;
    if (unit) this.setQuery({ unit, as_of: unit.split('@')[1], compare: undefined, known_at: undefined });
  };

  private content(register: Register) {
    const { asked, then, below, layers } = register;
    const hasPublished = register.definitions.some(({ code }) => then.figures[code]?.published);
    const isToday = register.now === then;
    const days =
      t('days', { unit: then.unit.name, on: day(asked.asOf) }) + (asked.knownAt ? `; ${t('known', { on: day(asked.knownAt) })}` : '');
    return html`<section class="sheet">
        <header>
          <h2>${days}</h2>
          <p class="files">
            <a class="button" download href=${bookAddress(asked, language())}>${icon('download')}${t('book')}</a>
            <button type="button" @click=${() => print()}>${icon('print')}${t('print')}</button>
          </p>
        </header>
        ${'notice' in then && typeof then.notice === 'string' ? html`<p class="note">${then.notice}</p>` : nothing}
        <div class="wide" tabindex="0" role="region" aria-label=${days}>
          <table>
            <thead>
              <tr>
                <th scope="col">${t('figure')}</th>
                ${hasPublished ? html`<th scope="col">${t('wasPublished')}</th>` : nothing}
                <th scope="col">${t('inRegister', { on: day(asked.asOf) })}</th>
                ${asked.compare ? html`<th scope="col">${t('change', { on: day(asked.compare) })}</th>` : nothing}
                ${isToday ? nothing : html`<th scope="col">${t('now')}</th>`}
              </tr>
            </thead>
            <tbody>
              ${register.definitions.map((definition) => this.lines(register, definition, hasPublished, isToday))}
            </tbody>
          </table>
        </div>
      </section>
      ${
        below
          ? html`<unit-sheet
              .below=${below}
              .whole=${then}
              .definitions=${register.definitions}
              .layers=${layers}
              .file=${belowAddress(asked, { f: 'xlsx', labels: language() })}
            ></unit-sheet>`
          : nothing
      }`;
  }

  private lines({ asked, then, now, layers }: Register, definition: Definition, hasPublished: boolean, isToday: boolean) {
    const [figure, current] = [then.figures[definition.code], now.figures[definition.code]];
    if (!figure) return nothing;
    const { published, delta } = figure;
    const title = titleOf(definition);
    const main = html`<tr class=${definition.part_of ? 'part' : ''}>
      <th scope="row">${title}<small>${pick(definition.unit_label)}</small></th>
      ${hasPublished ? html`<td>${published && !definition.by ? number(published.value) : ''}</td>` : nothing}
      <td>${definition.by ? '' : this.link(definition, figure)}</td>
      ${asked.compare ? html`<td>${definition.by ? '' : changed(delta)}</td>` : nothing}
      ${isToday ? nothing : html`<td>${current && !definition.by ? this.link(definition, current) : ''}</td>`}
    </tr>`;
    if (!definition.by) return [main, this.notes(figure, hasPublished, isToday, asked.compare)];
    const field = layers.find(({ id }) => id === definition.collection)?.fields.find(({ name }) => name === definition.by);
    const values = [...new Set([...Object.keys(figure.values ?? {}), ...(isToday ? [] : Object.keys(current?.values ?? {}))])];
    const parts = values.map((value) => {
      const label = field?.values.find((choice) => choice.value === value)?.label;
      const cell = (of: Figure | undefined) => {
        const count = of?.values?.[value];
        const rows = of?.rows_by_value?.[value];
        return count === undefined ? '' : rows ? html`<a href=${listOf(definition, rows)}>${number(count)}</a>` : number(count);
      };
      const was = figure.published_by_value?.[value]?.value;
      return html`<tr class="value">
        <th scope="row">${label ? pick(label) : tOr(value, value)}</th>
        ${hasPublished ? html`<td>${was === undefined ? '' : number(was)}</td>` : nothing}
        <td>${cell(figure)}</td>
        ${asked.compare ? html`<td>${changed(delta?.values?.[value])}</td>` : nothing}
        ${isToday ? nothing : html`<td>${cell(current)}</td>`}
      </tr>`;
    });
    return [main, ...parts];
  }

  private link(definition: Definition, figure: Figure) {
    const text = amountOf(figure);
    return figure.rows ? html`<a href=${listOf(definition, figure.rows)}>${text}</a>` : text;
  }

  /** What there is to say of a figure: how it differs from what was published, and parts that do not add up. */
  private notes({ published, delta }: Figure, hasPublished: boolean, isToday: boolean, compare: string) {
    const notes = [published?.difference ? published.note : '', ...(delta?.notes ?? [])].filter(Boolean);
    const columns = 2 + Number(hasPublished) + Number(!isToday) + Number(Boolean(compare));
    return notes.length
      ? html`<tr class="said">
          <td colspan=${columns}>${notes.join(' ')}</td>
        </tr>`
      : nothing;
  }
}

/** `421`, or `67/97 (69,1%)`. */
export function amountOf({ value, covered, total, percent }: Partial<Figure>): string {
  if (covered === undefined) return value == null ? general('none') : number(value);
  const of = general('ofTotal', { covered: number(covered), total: number(total ?? 0) });
  return percent == null ? of : `${of} (${number(percent)}%)`;
}

function changed(delta: Partial<Delta> | undefined) {
  if (delta?.value === undefined) return '';
  if (delta.value === null) return general('none');
  return delta.value ? signed(delta.value) : general('noChange');
}
