/** One's own account: tokens for programs, browsers that are signed in, and what happened to it. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { get, query } from '../../api/get';
import type { Layer } from '../../api/layers';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { t as general } from '../../texts';
import { askFor } from '../shell/dialog';
import { icon } from '../shell/icons';
import { knownLayers } from '../shell/known';
import { Page } from '../shell/page';
import { toast } from '../shell/toasts';
import { whole, type AuditEvent, type BrowserSession, type Token } from './accounts';
import { input } from './admin-page';
import { ask } from './ask';
import { eventLine } from './events';
import { moment } from './moment';
import { scopeInputs, scopeInWords, scopeOf } from './scope';
import { showSecret } from './tabs';
import { t } from './texts';

@customElement('own-page')
export class OwnPage extends Page {
  private own = new Task(this, {
    args: () => [],
    task: async (_, { signal }) => {
      const [tokens, { sessions }, { events }, layers] = await Promise.all([
        whole<Token>('/tokens', 'tokens', signal),
        get<{ sessions: BrowserSession[] }>(query('/auth/sessions', {}), signal),
        get<{ events: AuditEvent[] }>(query('/auth/events', {}), signal),
        knownLayers(),
      ]);
      return { tokens, sessions, events, layers };
    },
  });

  protected override render() {
    const { value, error } = this.own;
    return html`<h1>${this.session.title}</h1>
      <p><a href="/login">${t('passwordAndFactor')}</a></p>
      ${
        value
          ? html`${this.tokens(value.tokens, value.layers)} ${this.sessions(value.sessions)}
              <h2>${t('events')}</h2>
              <ul class="entries">
                ${value.events.map((event) => eventLine(event, value.layers))}
              </ul>`
          : error
            ? failure((error as Error).message, () => void this.own.run())
            : waiting(general('loading'))
      }`;
  }

  private tokens(tokens: Token[], layers: Layer[]) {
    return html`<h2>${t('tokens')}</h2>
      <p class="quiet">${t('tokensText')}</p>
      ${
        tokens.length
          ? html`<ul class="entries">
              ${tokens.map((token) => this.token(token, layers))}
            </ul>`
          : nothing
      }
      <p class="actions">
        <button type="button" class="primary" @click=${() => void this.create(layers)}>${icon('plus')}${t('newToken')}</button>
      </p>`;
  }

  private token(token: Token, layers: Layer[]) {
    const { expires_at, last_used_at } = token;
    const facts = [
      token.role || token.unit || token.operators || token.collections ? scopeInWords(token, layers) : t('allMine'),
      expires_at && t('expiresAt', { at: moment(expires_at) }),
      last_used_at ? t('usedAt', { at: moment(last_used_at) }) : t('neverUsed'),
    ];
    return html`<li>
      <span class="what"><strong>${token.name}</strong><small>${facts.filter(Boolean).join(' · ')}</small></span>
      <button type="button" @click=${() => void this.rotate(token)}>${t('rotate')}</button>
      <button type="button" @click=${() => void this.take(`/tokens/${token.id}`, t('revokeToken'), token.name)}>${t('revokeToken')}</button>
    </li>`;
  }

  private sessions(sessions: BrowserSession[]) {
    return html`<h2>${t('sessions')}</h2>
      <ul class="entries">
        ${sessions.map(
          (session) =>
            html`<li>
              <span class="what">
                <strong>${session.current ? t('thisBrowser') : browserOf(session.user_agent)}</strong>
                <small
                  >${[session.address, session.last_seen_at && t('usedAt', { at: moment(session.last_seen_at) })].filter(Boolean).join(' · ')}</small
                >
              </span>
              ${
                session.current
                  ? nothing
                  : html`<button
                      type="button"
                      @click=${() => void this.take(`/auth/sessions/${session.id}`, t('endSession'), browserOf(session.user_agent))}
                    >
                      ${t('endSession')}
                    </button>`
              }
            </li>`,
        )}
      </ul>`;
  }

  private async create(layers: Layer[]) {
    const token = await ask({
      title: t('newToken'),
      yes: t('create'),
      content: html`${input('name', t('tokenName'), true)}
        <label>${t('days')}<input type="number" name="days" min="1" max="366" required .value=${'90'} /></label>
        <fieldset>
          <legend>${t('role')}</legend>
          ${(['viewer', 'editor'] as const).map(
            (role) => html`<label class="box"><input type="radio" name="role" value=${role} />${t(`role.${role}`)}</label>`,
          )}
        </fieldset>
        ${scopeInputs(layers)}
        <p class="quiet">${t('noLimitToken')}</p>`,
      write: async (given) => {
        const body = { name: (given.get('name') as string).trim(), days: Number(given.get('days')), ...scopeOf(given) };
        return (await send<Token>('POST', '/tokens', { body })).body;
      },
    });
    if (token) await this.tell(token);
  }

  private async rotate({ id, name }: Token) {
    if ((await askFor({ title: t('rotate'), text: t('rotateText', { name }), yes: t('rotate') })) === undefined) return;
    try {
      await this.tell((await send<Token>('POST', `/tokens/${id}/rotation`, { body: {} })).body);
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }

  private async tell({ name, token }: Token) {
    await showSecret(t('tokenOf', { name }), t('secretText'), token ?? '');
    void this.own.run();
  }

  private async take(path: string, title: string, text: string) {
    if ((await askFor({ title, text, yes: title, isDangerous: true })) === undefined) return;
    try {
      await send('DELETE', path);
      void this.own.run();
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }
}

/** `Chrome · Windows` of a browser's long name of itself. */
function browserOf(agent: string | null | undefined): string {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(agent ?? ''))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/coc_coc/i, t('cocCoc')],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser, system].filter(Boolean).join(' · ') || t('unknownBrowser');
}
