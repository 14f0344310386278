/** What is done to a record besides editing it. Each asks what it must, writes, and says what was done. */
import { html } from 'lit';
import type { Item } from '../../api/items';
import { send } from '../../api/send';
import '../../parts/date-field';
import { today } from '../../view/address';
import { newKey } from '../form/outbox';
import { askFor, show } from '../shell/dialog';
import { t } from './texts';

export interface Target {
  layer: string;
  item: Item;
  etag: string | undefined;
}

const path = ({ layer, item }: Target) => `/collections/${layer}/items/${item.id}`;

export async function verify(target: Target): Promise<string> {
  await send('POST', `${path(target)}/verify`, { idempotencyKey: newKey() });
  return t('verified');
}

export async function restore(target: Target): Promise<string> {
  await send('POST', `${path(target)}/restore`, { ifMatch: target.etag, idempotencyKey: newKey() });
  return t('restored');
}

/** Asks why, and deletes; `why` is what it is mostly. `undefined`: not done. */
export async function remove(target: Target, why = ''): Promise<string | undefined> {
  const field = { label: t('deleteReason'), required: true, value: why };
  const reason = await askFor({ title: t('deleteTitle'), text: t('deleteText'), yes: t('delete'), isDangerous: true, field });
  if (reason === undefined) return undefined;
  await send('DELETE', path(target), { ifMatch: target.etag, body: { reason }, idempotencyKey: newKey() });
  return t('deleted');
}

export function breaks(target: Target): Promise<string | undefined> {
  return since(target, t('brokenTitle'), t('broken'), (on) => ({ operational_state: 'disabled', effective_on: on }));
}

export function mends(target: Target): Promise<string | undefined> {
  return since(target, t('mendedTitle'), t('mended'), (on) => ({ operational_state: 'enabled', effective_on: on }));
}

export function decommission(target: Target): Promise<string | undefined> {
  const change = (on: string) => ({ lifecycle_status: 'decommissioned', decommissioned_on: on, effective_on: on });
  return since(target, t('decommissionTitle'), t('decommission'), change, true);
}

/** Asks since which day and why, and writes what holds since then. */
async function since(
  target: Target,
  title: string,
  yes: string,
  change: (on: string) => Record<string, unknown>,
  isDangerous = false,
): Promise<string | undefined> {
  const given = await show<{ on: string; reason: string }>((answer) => {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const given = new FormData(event.currentTarget as HTMLFormElement);
      answer({ on: given.get('since') as string, reason: (given.get('reason') as string).trim() });
    };
    return html`<form @submit=${submit}>
      <h2>${title}</h2>
      <date-field name="since" required .value=${today()} max=${today()}></date-field>
      <label>${t('reason')}<input name="reason" autocomplete="off" maxlength="1000" /></label>
      <p class="choices">
        <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
        <button class=${isDangerous ? 'danger' : 'primary'}>${yes}</button>
      </p>
    </form>`;
  });
  if (!given) return undefined;
  const body = { properties: change(given.on), ...(given.reason ? { reason: given.reason } : {}) };
  await send('PATCH', path(target), { body, contentType: 'application/merge-patch+json', ifMatch: target.etag, idempotencyKey: newKey() });
  return t('saved');
}
