/** The way from the country down to the unit, and the units in it, to choose another one. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { COUNTRY } from '../api/figures';
import { query } from '../api/get';
import { nameOf, type ItemPage } from '../api/items';
import type { Answer } from '../api/schemas';
import { t } from '../texts';
import { Question } from '../view/question';
import { Part } from './part';
import './unit-picker.css';

interface Choice {
  code: string;
  name: string;
  level: string;
}

@customElement('unit-picker')
export class UnitPicker extends Part {
  private version = new Question<Answer<'/units/{unit}'>>(this, () =>
    this.code === COUNTRY ? undefined : query(`/units/${this.model.view.home}`, {}),
  );
  private provinces = new Question<ItemPage>(this, () => (this.code === COUNTRY ? this.inside('province') : undefined));
  private districts = new Question<ItemPage>(this, () =>
    this.code.length === 2 && this.code !== COUNTRY ? this.inside('district') : undefined,
  );
  private communes = new Question<ItemPage>(this, () =>
    this.code === COUNTRY || this.code.length > 3 ? undefined : this.inside('commune'),
  );

  private get code(): string {
    return this.model.view.home.split('@')[0] ?? '';
  }

  protected override render() {
    const parent = this.code === COUNTRY ? undefined : this.version.value?.parent;
    const choices = this.choices();
    return html`<nav aria-label=${t('unit')}>
      ${this.code === COUNTRY ? nothing : this.link(COUNTRY, t('country'))}
      ${parent?.code ? this.link(parent.code, parent.name ?? parent.code) : nothing} ${choices.length ? this.select(choices) : nothing}
    </nav>`;
  }

  private link(code: string, name: string) {
    return html`<button type="button" class="textual" @click=${() => this.move(code)}>${name}</button><span aria-hidden="true">›</span>`;
  }

  private select(choices: Choice[]) {
    return html`<select aria-label=${t('chooseUnit')} @change=${(event: Event) => this.choose(event.target as HTMLSelectElement, choices)}>
      <option value="" selected>${t('chooseUnit')}</option>
      ${choices.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
    </select>`;
  }

  private choices(): Choice[] {
    const of = (question: Question<ItemPage>, level: string) =>
      (question.value?.features ?? []).map((item) => ({ code: String(item.properties.code), name: nameOf(item), level }));
    const found = [...of(this.provinces, 'province'), ...of(this.districts, 'district'), ...of(this.communes, 'commune')];
    return found.sort((a, b) => a.name.localeCompare(b.name, 'vi'));
  }

  /** The communes of the home are on the map already; any other unit becomes the home. */
  private choose(select: HTMLSelectElement, choices: Choice[]) {
    const { value } = select;
    select.value = '';
    const choice = choices.find(({ code }) => code === value);
    if (choice?.level === 'commune') this.model.change({ selected: `unit/${value}`, rows: '', tab: 'figures' });
    else if (choice) this.move(value);
  }

  private move(code: string) {
    this.model.moveTo(`${code}@${this.model.unitsOn}`);
  }

  /** The units of a level whose parent is the home. */
  private inside(level: string): string | undefined {
    const layer = this.model.layers.find(({ unitLevel }) => unitLevel === level);
    const parent_code = level === 'province' ? undefined : this.code;
    const only = { properties: 'code,name', skipGeometry: 'true', limit: 2000 };
    return layer && query(`/collections/${layer.id}/items`, { parent_code, as_of: this.model.unitsOn, ...only });
  }
}
