/** The unit, the day, and the day to compare with. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { UnitFigures } from '../api/figures';
import { day, t } from '../texts';
import { today, type View } from '../view/address';
import { unitAddress } from '../view/addresses';
import { around, baselinesAddress, type Baselines } from '../view/report-days';
import { unitOn } from '../view/unit-on';
import { Question } from '../view/question';
import { icon } from './icons';
import './date-field';
import { Part } from './part';
import './unit-picker';
import './date-bar.css';

@customElement('date-bar')
export class DateBar extends Part {
  @state() private wrong = false;
  /** The home that had ended when the reader asked for today, and the one shown instead. */
  @state() private left?: { name: string; home: string; asOf: string; instead: string };
  private published = new Question<Baselines>(this, () => baselinesAddress(this.model));
  private figures = new Question<UnitFigures>(this, () => unitAddress(this.model));
  private whole = new Question<UnitFigures>(this, () => unitAddress(this.model, this.model.view.home));

  protected override render() {
    const { unit, unitsOn } = this.model;
    const { asOf, compare, home } = this.model.view;
    const { before, after } = around(asOf, home, this.published.value);
    return html`
      <div class="unit-head">
        ${unit === home ? nothing : this.back(this.whole.value?.unit.name ?? home)}
        <unit-picker></unit-picker>
        <h2>${this.figures.value?.unit.name ?? html`<span class="ghost">&nbsp;</span>`}</h2>
        <p class="quiet">${t('readOn', { date: day(unitsOn) })}</p>
        ${this.left?.instead === home ? this.leftNote(this.left) : nothing}
      </div>
      <form class="dates" @submit=${(event: Event) => event.preventDefault()}>
        <date-field compact required name="as-of" .label=${t('asOf')} .value=${asOf} max=${today()} @date=${this.moveAsOf}></date-field>
        <date-field
          compact
          name="compare"
          .label=${t('compare')}
          .value=${compare}
          ?invalid=${this.wrong}
          describedBy="wrong-date"
          @date=${this.moveCompare}
        ></date-field>
        <div class="steps" role="group" aria-label=${t('steps')}>
          ${this.step('back', before)}
          <button type="button" @click=${this.toToday}>${t('today')}</button>
          ${this.step('next', after)}
        </div>
        <button type="button" ?disabled=${!compare} @click=${() => this.set(asOf, '')}>${t('noCompare')}</button>
        <p id="wrong-date" class="wrong" role="alert">${this.wrong ? t('wrongDate') : nothing}</p>
      </form>
    `;
  }

  private back(unit: string) {
    return html`<button type="button" class="back" @click=${() => this.model.change({ selected: '', rows: '' })}>
      ${icon('back')}${t('back', { unit })}
    </button>`;
  }

  /** A step to the report day before or after. */
  private step(way: 'back' | 'next', to: string | undefined) {
    const text = to ? t('stepTo', { date: day(to) }) : t('noStep');
    return html`<button type="button" title=${text} aria-label=${text} ?disabled=${!to} @click=${() => this.goTo(to!)}>
      ${icon(way)}
    </button>`;
  }

  private moveAsOf({ detail }: CustomEvent<string | null>) {
    if (detail) this.goTo(detail);
  }

  private goTo(value: string) {
    const { compare } = this.model.view;
    this.set(value, compare && compare >= value ? `${Number(value.slice(0, 4)) - 1}-12-31` : compare);
  }

  private moveCompare({ detail }: CustomEvent<string | null>) {
    this.set(this.model.view.asOf, detail ?? '');
  }

  private leftNote({ name, home, asOf }: { name: string; home: string; asOf: string }) {
    const instead = this.whole.value?.unit.name ?? '';
    return html`<p class="note" role="status">${t('unitEnded', { unit: name, instead })}</p>
      <button type="button" class="back" @click=${() => this.model.moveTo(home, { asOf })}>
        ${icon('back')}${t('back', { unit: name })}
      </button>`;
  }

  /** The units of today, too: a unit that has ended gives way to what it became. */
  private async toToday() {
    const { model, whole } = this;
    const { home, asOf, compare, selected } = model.view;
    const [code = ''] = home.split('@');
    const name = whole.shown?.unit.name ?? code;
    const now = today();
    const instead = await unitOn(now, home.includes('@') ? home : `${home}@${asOf}`).catch(() => undefined);
    if (!instead || model.view.home !== home) return this.set(now, compare);
    this.left = instead.startsWith(`${code}@`) ? undefined : { name, home, asOf, instead };
    const moved = this.left ? { place: undefined } : {};
    this.set(now, compare, { home: instead, selected: selected.startsWith('unit/') ? '' : selected, ...moved });
  }

  private set(asOf: string, compare: string, more: Partial<View> = {}) {
    this.wrong = compare !== '' && compare >= asOf;
    if (!this.wrong) this.model.change({ asOf, compare, ...more });
  }
}
