/** Accounts: who may sign in. Each opens a page of its own. */
import { Task } from '@lit/task';
import { html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { folded, number, t as general } from '../../texts';
import { icon } from '../shell/icons';
import { Page } from '../shell/page';
import { go } from '../shell/router';
import { whole, type User } from './accounts';
import { ask } from './ask';
import { t } from './texts';
import { tabs } from './tabs';
import './admin-page.css';

@customElement('admin-page')
export class AdminPage extends Page {
  @state() private text = '';
  private users = new Task(this, { args: () => [], task: (_, { signal }) => whole<User>('/users', 'users', signal) });

  protected override render() {
    return html`<h1>${t('admin')}</h1>
      ${tabs('users')}
      <div class="toolbar">
        <label class="search">${t('findUser')}<input type="search" .value=${this.text} @input=${this.type} /></label>
        <button type="button" class="primary" @click=${this.create}>${icon('plus')}${t('newUser')}</button>
      </div>
      ${this.users.render({
        pending: () => waiting(general('loading')),
        error: (error) => failure((error as Error).message, () => void this.users.run()),
        complete: (users) => this.list(users),
      })}`;
  }

  private list(users: User[]) {
    const text = folded(this.text.trim());
    const shown = users.filter((user) => folded(`${user.username} ${user.display_name ?? ''} ${user.organisation ?? ''}`).includes(text));
    return html`<p class="quiet" role="status">${t('users', { n: number(shown.length) })}</p>
      <ul class="entries">
        ${shown.map(
          (user) =>
            html`<li>
              <a href="/console/admin/users/${user.id}">
                <strong>${user.display_name ?? user.username}</strong>
                <small>${[user.username, user.organisation].filter(Boolean).join(' · ')}</small>
              </a>
              <span class="marks">${marks(user).map((mark) => html`<span class="mark">${mark}</span>`)}</span>
            </li>`,
        )}
      </ul>`;
  }

  private type(event: Event) {
    this.text = (event.target as HTMLInputElement).value;
  }

  private create = async () => {
    const user = await ask<User>({
      title: t('newUser'),
      yes: t('create'),
      content: html`${input('username', t('username'), true)} ${input('display_name', t('displayName'))}
        ${input('organisation', t('organisation'))} ${input('mail', t('mail'), false, 'email')}
        <label class="box"><input type="checkbox" name="second_factor_required" />${t('factorRequired')}</label>`,
      write: async (given) => {
        const body: Record<string, unknown> = { second_factor_required: given.has('second_factor_required') };
        for (const name of ['username', 'display_name', 'organisation', 'mail']) {
          const text = (given.get(name) as string).trim();
          if (text) body[name] = text;
        }
        return (await send<User>('POST', '/users', { body })).body;
      },
    });
    if (user) go(`/console/admin/users/${user.id}`);
  };
}

export function input(name: string, label: string, required = false, type = 'text', value = '') {
  return html`<label
    >${label}<input name=${name} type=${type} ?required=${required} .value=${value} maxlength="200" autocomplete="off"
  /></label>`;
}

/** What is unusual about an account. */
export function marks(user: User): string[] {
  return [
    user.disabled_at ? t('disabled') : '',
    user.locked_until ? t('locked') : '',
    user.has_password ? '' : t('noPassword'),
    user.has_second_factor ? t('hasFactor') : user.second_factor_required ? t('needsFactor') : '',
  ].filter(Boolean);
}
