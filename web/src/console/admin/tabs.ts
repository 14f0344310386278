/** The pages of administration, and the secret that is shown once. */
import { html, nothing } from 'lit';
import { show } from '../shell/dialog';
import { toast } from '../shell/toasts';
import { t } from './texts';
import './tabs.css';

export function tabs(here: 'users' | 'audit') {
  const tab = (name: 'users' | 'audit', path: string) =>
    html`<a href=${path} aria-current=${name === here ? 'page' : nothing}>${t(`tab.${name}`)}</a>`;
  return html`<nav class="tabs" aria-label=${t('admin')}>${tab('users', '/console/admin')}${tab('audit', '/console/admin/audit')}</nav>`;
}

/** Shows a link or a token, which the service tells only now. */
export function showSecret(title: string, text: string, secret: string): Promise<unknown> {
  const copy = async (event: Event) => {
    const field = (event.currentTarget as HTMLElement).parentElement!.querySelector('input')!;
    field.select();
    await navigator.clipboard?.writeText(secret).catch(() => undefined);
    toast(t('copied'));
  };
  return show<true>(
    (answer) =>
      html`<h2>${title}</h2>
        <p>${text}</p>
        <p class="secret">
          <input readonly aria-label=${title} .value=${secret} /><button type="button" @click=${copy}>${t('copy')}</button>
        </p>
        <p class="choices"><button type="button" class="primary" @click=${() => answer(true)}>${t('done')}</button></p>`,
  );
}
