/** Who is signed in, with the language, the account's page, and signing out. */
import { html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { send } from '../../api/send';
import { language, t as general, type Language } from '../../texts';
import { icon } from './icons';
import { forgetName, type Session } from './session';
import { t } from './texts';
import { toast } from './toasts';
import './user-menu.css';

@customElement('user-menu')
export class UserMenu extends LitElement {
  @property({ attribute: false }) session!: Session;
  @state() private isOpen = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const other: Language = language() === 'vi' ? 'en' : 'vi';
    return html`<div @focusout=${this.leave} @keydown=${this.press}>
      <button type="button" class="who" aria-expanded=${this.isOpen} aria-controls="user-menu" @click=${() => (this.isOpen = !this.isOpen)}>
        ${icon('person')}<span>${this.session.title}</span>
      </button>
      <div id="user-menu" class="menu" ?hidden=${!this.isOpen}>
        <p>${this.session.title}</p>
        <button type="button" lang=${other} @click=${() => this.speak(other)}>${general('otherLanguage')}</button>
        <a href="/console/own" @click=${() => (this.isOpen = false)}>${t('own')}</a>
        <button type="button" @click=${this.signOut}>${t('signOut')}</button>
      </div>
    </div>`;
  }

  private speak(detail: Language) {
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('language', { detail }));
  }

  private signOut = async () => {
    try {
      await send('POST', '/auth/logout');
      forgetName();
      location.assign('/');
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  };

  private leave(event: FocusEvent) {
    if (!this.contains(event.relatedTarget as Node | null)) this.isOpen = false;
  }

  private press(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !this.isOpen) return;
    this.isOpen = false;
    this.querySelector<HTMLElement>('.who')?.focus();
  }
}
