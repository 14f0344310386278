/** Where one lands after signing in: one's own area, and what can be done in it. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { Page } from '../shell/page';
import { t } from './texts';

/** More communes than these are counted only. */
const MOST_NAMED = 5;

@customElement('start-page')
export class StartPage extends Page {
  protected override render() {
    return html`<h1>${t('hello', { name: this.session.name })}</h1>
      ${this.session.grants.length ? html`<p>${t('scope')}: <strong>${this.scope()}</strong></p>` : nothing}`;
  }

  private scope(): string {
    const { unit, communes } = this.session;
    if (!communes) return unit?.name ?? t('everywhere');
    const named = communes.slice(0, MOST_NAMED).map(({ name }) => name);
    const more = communes.length - named.length;
    return named.join(', ') + (more ? ` ${t('andMore', { n: more })}` : '');
  }
}
