/** The unit that is worked in, and a list to choose another: one's own communes; any other by the search beside it. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { today } from '../../view/address';
import { icon } from './icons';
import type { Session, WorkUnit } from './session';
import { t } from './texts';

/** More communes are found by the search. */
const MOST = 40;

/** Dispatches `unit` with a `WorkUnit`, or undefined for that of the grants. */
@customElement('unit-picker')
export class UnitPicker extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** The name of the unit, so that another choice is drawn. */
  @property() chosen = '';
  @state() private isOpen = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { session } = this;
    const communes = (session.communes ?? []).slice(0, MOST);
    const name = session.unit?.name ?? t('wholeRegister');
    return html`<div class="picker" @focusout=${this.leave} @keydown=${this.press}>
      <button type="button" class="who" aria-expanded=${this.isOpen} aria-controls="unit-list" @click=${() => (this.isOpen = !this.isOpen)}>
        ${icon('place')}<span><span class="unseen">${t('workingIn')}</span> ${name}</span>
      </button>
      <div id="unit-list" class="menu" ?hidden=${!this.isOpen}>
        <p>${t('workingIn')} <strong>${name}</strong></p>
        <button type="button" @click=${() => this.choose(undefined)}>${session.own?.name ?? t('wholeRegister')}</button>
        ${communes
          .filter(({ code }) => code !== session.own?.code)
          .map(
            ({ code, name }) =>
              html`<button type="button" @click=${() => this.choose({ code, name, on: today(), level: 'commune' })}>${name}</button>`,
          )}
        ${session.communes ? nothing : html`<p>${t('otherUnits')}</p>`}
      </div>
    </div>`;
  }

  private choose(detail: WorkUnit | undefined) {
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('unit', { detail }));
  }

  private leave(event: FocusEvent) {
    if (!this.contains(event.relatedTarget as Node | null)) this.isOpen = false;
  }

  private press(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !this.isOpen) return;
    this.isOpen = false;
    this.querySelector<HTMLElement>('.who')?.focus();
  }
}
