/** One kind of problem: how many rows, what it does to the figures, what to do, and the first of the rows. */
import { Task } from '@lit/task';
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { nameOf, type Item } from '../../api/items';
import type { Layer } from '../../api/layers';
import { failure, waiting } from '../../parts/part';
import { number, pick, t as general, within } from '../../texts';
import { verifyRows } from '../list/bulk';
import { textOf } from '../list/cell';
import { icon } from '../shell/icons';
import { learnCommunes } from '../shell/known';
import './duplicate-pairs';
import { formOf, listOf, rowsOf, type Problem } from './quality';
import { t } from './texts';
import './problem-card.css';

const FIRST = 5;
const MORE = 50;

@customElement('problem-card')
export class ProblemCard extends LitElement {
  @property({ attribute: false }) problem!: Problem;
  @property({ attribute: false }) layer!: Layer;
  @property({ type: Boolean }) writable = false;
  @state() private limit = FIRST;

  private rows = new Task(this, {
    args: () => [this.problem, this.limit] as const,
    task: async ([problem, limit], { signal }) => {
      if (this.isPaired) return undefined;
      const page = await rowsOf(problem, limit, signal);
      const codes = page.features.map(({ properties }) => properties.commune_code);
      await learnCommunes(
        codes.filter((code) => typeof code === 'string'),
        signal,
      ).catch(() => undefined);
      return page;
    },
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { problem, layer } = this;
    const { count, effect } = problem;
    const isMore = !this.isPaired && this.limit < Math.min(count, MORE);
    return html`<section class="card" aria-label="${problem.problem}: ${pick(layer.title)}">
      <header>
        <h2>${problem.problem}</h2>
        <p>
          <strong>${number(count)}</strong> ${within(pick(layer.title))} · ${t('effect', { n: number(effect.value), unit: effect.label })}
        </p>
      </header>
      <p class="quiet">${problem.todo}</p>
      ${
        this.isPaired
          ? html`<duplicate-pairs .problem=${problem} .layer=${layer} ?writable=${this.writable}></duplicate-pairs>`
          : this.rows.value
            ? this.list(this.rows.value.features)
            : this.rows.error
              ? failure((this.rows.error as Error).message, () => void this.rows.run())
              : waiting(general('loading'))
      }
      <p class="more">
        ${isMore ? html`<button type="button" class="textual" @click=${() => (this.limit = MORE)}>${t('showMore')}</button>` : nothing}
        <a href=${listOf(problem)}>${t('allRows', { n: number(count) })}</a>
      </p>
    </section>`;
  }

  /** Rows that look like another are shown with that other. */
  private get isPaired(): boolean {
    return this.problem.check === 'suspected_duplicates' && this.layer.near !== undefined;
  }

  private list(items: Item[]) {
    return html`<ul>
      ${items.map(
        (item) =>
          html`<li>
            <a href=${formOf(this.problem, item.id)}
              ><strong>${nameOf(item) || general('noName')}</strong><small>${this.about(item)}</small></a
            >
            ${
              this.problem.check === 'stale' && this.writable
                ? html`<button type="button" @click=${() => void this.verify(item)}>${icon('check')}${t('stillTrue')}</button>`
                : nothing
            }
          </li>`,
      )}
    </ul>`;
  }

  private about(item: Item): string {
    const names = ['code', 'commune_code'].filter((name) => item.properties[name] !== nameOf(item));
    const fields = names.map((name) => this.layer.fields.find((field) => field.name === name)).filter((field) => field !== undefined);
    return fields
      .map((field) => textOf(field, item))
      .filter(Boolean)
      .join(' · ');
  }

  private async verify(item: Item) {
    const row = { id: item.id, version: Number(item.properties.version), name: nameOf(item) };
    if (await verifyRows(this.layer, [row])) void this.rows.run();
  }
}
