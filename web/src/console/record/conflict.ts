/** What to do when somebody else changed a record first: both values of each field that differs, and a choice. */
import { html } from 'lit';
import type { Item } from '../../api/items';
import { day, pick } from '../../texts';
import type { FormLayer } from '../form/schema';
import { show } from '../shell/dialog';
import { t } from './texts';
import { valueText, vietnamDay } from './value';

/** The changes of a merge patch: fields by name, and `geometry`. */
export type Changes = Record<string, unknown>;

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The changes that are still wanted, given the record as it is now; `undefined` when nothing is to be saved. */
export function resolve(layer: FormLayer, mine: Changes, now: Item): Promise<Changes | undefined> {
  const theirs = (name: string) => (name === 'geometry' ? now.geometry : now.properties[name]);
  const differing = Object.keys(mine).filter((name) => !same(mine[name], theirs(name)));
  const { updated_by: who = '', updated_at: at } = now.properties as { updated_by?: string; updated_at?: string };
  return show<Changes>((answer) => {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const chosen = new FormData(event.currentTarget as HTMLFormElement);
      answer(Object.fromEntries(differing.filter((name) => chosen.get(name) === 'mine').map((name) => [name, mine[name]])));
    };
    const one = (name: string) => {
      const field = layer.fields.find((field) => field.name === name);
      return html`<fieldset>
        <legend>${field ? pick(field.title) : t('place')}</legend>
        <label
          ><input type="radio" name=${name} value="mine" checked /><span
            >${t('mine')}: <strong>${valueText(field, mine[name])}</strong></span
          ></label
        >
        <label
          ><input type="radio" name=${name} value="theirs" /><span
            >${t('theirs', { who, date: at ? day(vietnamDay(at)) : '' })}: <strong>${valueText(field, theirs(name))}</strong></span
          ></label
        >
      </fieldset>`;
    };
    return html`<form class="conflict" @submit=${submit}>
      <h2>${t('conflict')}</h2>
      <p>${differing.length ? t('conflictText') : t('noneLeft')}</p>
      ${differing.map(one)}
      <p class="choices">
        <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
        <button class="primary">${t('saveChosen')}</button>
      </p>
    </form>`;
  });
}
