/** One account: what it is called, how its holder signs in, and what it may do. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { get, query } from '../../api/get';
import type { Layer } from '../../api/layers';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import '../../parts/date-field';
import { t as general } from '../../texts';
import { today } from '../../view/address';
import { askFor } from '../shell/dialog';
import { icon } from '../shell/icons';
import { knownLayers } from '../shell/known';
import { Page } from '../shell/page';
import { toast } from '../shell/toasts';
import { type Grant, type User } from './accounts';
import { input, marks } from './admin-page';
import { ask } from './ask';
import { moment } from './moment';
import { scopeInputs, scopeInWords, scopeOf, timeInWords } from './scope';
import { showSecret } from './tabs';
import { t } from './texts';

const ROLES = ['viewer', 'editor', 'administrator'] as const;

@customElement('user-page')
export class UserPage extends Page {
  private account = new Task(this, {
    args: () => [this.parameters.user ?? ''] as const,
    task: async ([id], { signal }) => {
      const [user, { grants }, layers] = await Promise.all([
        get<User>(query(`/users/${id}`, {}), signal),
        get<{ grants: Grant[] }>(query(`/users/${id}/grants`, {}), signal),
        knownLayers(),
      ]);
      this.entitle(user.display_name ?? user.username);
      return { user, grants, layers };
    },
  });

  protected override render() {
    return html`<p><a href="/console/admin">${t('toUsers')}</a></p>
      ${
        this.account.value
          ? this.show(this.account.value)
          : this.account.error
            ? failure((this.account.error as Error).message, () => void this.account.run())
            : waiting(general('loading'))
      }`;
  }

  private show({ user, grants, layers }: { user: User; grants: Grant[]; layers: Layer[] }) {
    const path = `/users/${user.id}`;
    const holding = grants.filter(({ holds }) => holds);
    return html`<h1>${user.display_name ?? user.username}</h1>
      <section class="card">
        ${marks(user).map((mark) => html`<span class="mark">${mark}</span>`)}
        <dl class="facts">
          ${fact(t('username'), user.username)} ${fact(t('organisation'), user.organisation)} ${fact(t('mail'), user.mail)}
          ${fact(t('created'), user.created_at && `${moment(user.created_at)} (${user.created_by ?? ''})`)}
        </dl>
        <div class="actions">
          <button type="button" @click=${() => void this.edit(user)}>${icon('edit')}${t('edit')}</button>
          <button type="button" ?disabled=${Boolean(user.disabled_at)} @click=${() => void this.link(user)}>
            ${icon('link')}${t('link')}
          </button>
          ${
            user.locked_until
              ? html`<button type="button" @click=${() => void this.act('POST', `${path}/unlock`, t('unlocked'))}>${t('unlock')}</button>`
              : nothing
          }
          ${
            user.has_second_factor
              ? html`<button
                  type="button"
                  @click=${() => void this.sure(t('resetFactor'), t('resetFactorText'), 'DELETE', `${path}/second-factor`)}
                >
                  ${t('resetFactor')}
                </button>`
              : nothing
          }
          ${
            user.disabled_at
              ? html`<button type="button" @click=${() => void this.act('PATCH', path, t('saved'), { disabled: false })}>
                  ${t('enable')}
                </button>`
              : html`<button
                  type="button"
                  @click=${() => void this.sure(t('disable'), t('disableText'), 'PATCH', path, { disabled: true })}
                >
                  ${t('disable')}
                </button>`
          }
        </div>
      </section>
      <h2>${t('grants')}</h2>
      ${holding.length ? nothing : html`<p class="note">${t('noGrants')}</p>`}
      ${
        grants.length
          ? html`<ul class="entries">
              ${[...grants].sort((a, b) => Number(b.holds) - Number(a.holds)).map((grant) => this.grant(user, grant, layers))}
            </ul>`
          : nothing
      }
      <p class="actions">
        <button type="button" class="primary" @click=${() => void this.give(user, layers)}>${icon('plus')}${t('newGrant')}</button>
      </p>`;
  }

  private grant(user: User, grant: Grant, layers: Layer[]) {
    const path = `/users/${user.id}/grants/${grant.id}`;
    const ended = grant.revoked_at ? t('revokedBy', { who: grant.revoked_by ?? '', at: moment(grant.revoked_at) }) : t('notNow');
    return html`<li class=${grant.holds ? '' : 'ended'}>
      <span class="what">
        <strong>${scopeInWords(grant, layers)}</strong>
        <small>${[grant.holds ? '' : ended, timeInWords(grant), grant.note].filter(Boolean).join(' · ')}</small>
        ${grant.needs_review ? html`<span class="mark">${t('needsReview')}</span>` : nothing}
      </span>
      ${
        grant.needs_review && grant.holds
          ? html`<button type="button" @click=${() => void this.act('POST', `${path}/review`, t('saved'))}>${t('review')}</button>`
          : nothing
      }
      ${
        grant.revoked_at
          ? nothing
          : html`<button type="button" @click=${() => void this.sure(t('revoke'), scopeInWords(grant, layers), 'DELETE', path)}>
              ${t('revoke')}
            </button>`
      }
    </li>`;
  }

  private async edit(user: User) {
    const names = ['display_name', 'organisation', 'mail'] as const;
    const titles = { display_name: t('displayName'), organisation: t('organisation'), mail: t('mail') };
    const done = await ask({
      title: t('edit'),
      yes: t('save'),
      content: html`${names.map((name) => input(name, titles[name], false, name === 'mail' ? 'email' : 'text', user[name] ?? ''))}
        <label class="box"
          ><input type="checkbox" name="second_factor_required" ?checked=${user.second_factor_required} />${t('factorRequired')}</label
        >`,
      write: (given) => {
        const body: Record<string, unknown> = { second_factor_required: given.has('second_factor_required') };
        for (const name of names) body[name] = (given.get(name) as string).trim() || null;
        return send('PATCH', `/users/${user.id}`, { body });
      },
    });
    if (done) this.again(t('saved'));
  }

  private async link(user: User) {
    try {
      const { body } = await send<{ link: string; expires_at: string }>('POST', `/users/${user.id}/password-link`, { body: {} });
      await showSecret(t('link'), t('linkText', { name: user.display_name ?? user.username, at: moment(body.expires_at) }), body.link);
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }

  private async give(user: User, layers: Layer[]) {
    const done = await ask({
      title: t('newGrant'),
      yes: t('give'),
      content: html`<fieldset>
          <legend>${t('role')}</legend>
          ${ROLES.map(
            (role) =>
              html`<label class="box"
                ><input type="radio" name="role" value=${role} required ?checked=${role === 'editor'} />${t(`role.${role}`)}</label
              >`,
          )}
        </fieldset>
        ${scopeInputs(layers)}
        <p class="quiet">${t('noLimit')}</p>
        <date-field compact name="expires_on" .label=${t('expires')} min=${today()}></date-field>
        <label>${t('note')}<input name="note" maxlength="1000" /></label>`,
      write: (given) => {
        const more = ['expires_on', 'note'].flatMap((name) => (given.get(name) ? [[name, given.get(name)]] : []));
        return send('POST', `/users/${user.id}/grants`, { body: { ...scopeOf(given), ...Object.fromEntries(more) } });
      },
    });
    if (done) this.again(t('given'));
  }

  /** Asks before something is taken away. */
  private async sure(title: string, text: string, method: string, path: string, body?: unknown) {
    if ((await askFor({ title, text, yes: title, isDangerous: true })) !== undefined) await this.act(method, path, t('saved'), body);
  }

  private async act(method: string, path: string, done: string, body?: unknown) {
    try {
      await send(method, path, body === undefined ? {} : { body });
      this.again(done);
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }

  private again(done: string) {
    toast(done);
    void this.account.run();
  }
}

function fact(title: string, text: unknown) {
  return text
    ? html`<dt>${title}</dt>
        <dd>${text}</dd>`
    : nothing;
}
