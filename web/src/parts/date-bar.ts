/** Of which unit, as of which day, against which. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { day, t } from '../texts';
import { today } from '../view/address';
import { model } from '../view/model';
import { icon } from './icons';
import { Part } from './part';

@customElement('date-bar')
export class DateBar extends Part {
  @state() private wrong = false;

  protected override render() {
    const { asOf, compare, home } = model.view;
    const { value } = model.figures();
    const { value: whole } = model.figures(home);
    return html`
      <div class="unit-head">
        ${model.unit !== home
          ? html`<button type="button" class="back" @click=${() => model.change({ selected: '', rows: '' })}>
              ${icon('back')}${t('back', { unit: whole?.unit.name ?? home })}
            </button>`
          : nothing}
        <h2>${value?.unit.name ?? html`<span class="ghost">&nbsp;</span>`}</h2>
        <p class="quiet">${t('readOn', { date: day(model.unitsOn) })}</p>
      </div>
      <form class="dates" @submit=${(event: Event) => event.preventDefault()}>
        <label>${t('asOf')}<input type="date" id="as-of" .value=${asOf} required @change=${this.moveAsOf} /></label>
        <label>${t('compare')}<input type="date" id="compare" .value=${compare} max=${asOf} aria-invalid=${this.wrong}
          aria-describedby="wrong-date" @change=${this.moveCompare} /></label>
        <button type="button" @click=${this.toToday}>${t('today')}</button>
        <button type="button" ?disabled=${!compare} @click=${() => this.set(asOf, '')}>${t('noCompare')}</button>
        <p id="wrong-date" class="wrong" role="alert">${this.wrong ? t('wrongDate') : nothing}</p>
      </form>
    `;
  }

  private moveAsOf(event: Event) {
    const { value } = event.target as HTMLInputElement;
    if (!value) return;
    const { compare } = model.view;
    this.set(value, compare && compare >= value ? `${Number(value.slice(0, 4)) - 1}-12-31` : compare);
  }

  private moveCompare(event: Event) {
    this.set(model.view.asOf, (event.target as HTMLInputElement).value);
  }

  private toToday() {
    this.set(today(), model.view.compare);
  }

  private set(asOf: string, compare: string) {
    this.wrong = compare !== '' && compare >= asOf;
    if (!this.wrong) model.change({ asOf, compare });
  }
}
