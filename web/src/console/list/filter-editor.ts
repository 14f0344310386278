/** Asks for a condition on a field in a dialog: values with their labels, a range, yes or no, a part of a text. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Field } from '../../api/layers';
import '../../parts/date-field';
import { day, number, pick, t as general } from '../../texts';
import { communeName } from '../shell/known';
import { show } from '../shell/dialog';
import '../shell/unit-field';
import { NONE, range, ranged } from './question';
import { t } from './texts';
import './filter-editor.css';

/** Resolves to the new value, `''` to take the condition away, or `undefined` to leave it. */
export function editFilter(field: Field, value: string): Promise<string | undefined> {
  return show<string>((answer) => {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      answer(read(field, new FormData(event.currentTarget as HTMLFormElement)));
    };
    return html`<form class="filter-editor" @submit=${submit}>
      <h2>${pick(field.title)}</h2>
      ${inputs(field, value)}
      <p class="choices">
        ${value ? html`<button type="button" @click=${() => answer('')}>${t('removeFilter')}</button>` : nothing}
        <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
        <button class="primary">${t('applyFilter')}</button>
      </p>
    </form>`;
  });
}

function inputs(field: Field, value: string): TemplateResult {
  const chosen = new Set(value.split(',').filter(Boolean));
  const box = (name: string, of: string, text: string) =>
    html`<label class="box"><input type="checkbox" name=${name} value=${of} ?checked=${chosen.has(of)} />${text}</label>`;
  const none = box('value', NONE, general('none'));
  if (field.values.length || field.type === 'boolean') {
    const values =
      field.type === 'boolean'
        ? [box('value', 'true', general('yes')), box('value', 'false', general('no'))]
        : field.values.map((choice) => box('value', choice.value, pick(choice.label)));
    return html`<fieldset>
      <legend class="unseen">${pick(field.title)}</legend>
      ${values} ${none}
    </fieldset>`;
  }
  if (field.type === 'commune') {
    const unit = (event: CustomEvent<string>) => {
      const hidden = (event.currentTarget as HTMLElement).parentElement!.querySelector<HTMLInputElement>('[name=from]')!;
      hidden.value = event.detail.split('@')[0]!;
    };
    return html`<unit-field .label=${pick(field.title)} bare @unit=${unit}></unit-field
      ><input type="hidden" name="from" .value=${value} />`;
  }
  if (field.type === 'number' || field.type === 'date') {
    const [from, to] = value && value !== NONE ? range(value) : ['', ''];
    const end = (name: string, label: string, value: string) =>
      field.type === 'date'
        ? html`<date-field compact name=${name} .label=${label} .value=${value}></date-field>`
        : html`<label>${label}<input type="number" step="any" name=${name} .value=${value} /></label>`;
    return html`<div class="ends">${end('from', t('from'), from)} ${end('to', t('to'), to)}</div>
      ${none}`;
  }
  return html`<label>${t('contains')}<input name="from" .value=${value === NONE ? '' : value} /></label> ${none}`;
}

function read(field: Field, given: FormData): string {
  const text = (name: string) => ((given.get(name) as string | null) ?? '').trim();
  const boxes = given.getAll('value') as string[];
  if (field.values.length || field.type === 'boolean') return boxes.join(',');
  if (boxes.includes(NONE)) return NONE;
  const [from, to] = [text('from'), text('to')];
  if (field.type === 'number' || field.type === 'date') return from || to ? ranged(from, to) : '';
  return from;
}

/** A condition as its chip says it. */
export function saidFilter(field: Field, value: string): string {
  const one = (part: string) => {
    if (part === NONE) return general('none');
    if (field.type === 'boolean') return part === 'true' ? general('yes') : general('no');
    if (field.type === 'commune') return communeName(part) ?? part;
    const choice = field.values.find((choice) => choice.value === part);
    return choice ? pick(choice.label) : part;
  };
  if (value === NONE) return general('none');
  if (!field.values.length && (field.type === 'number' || field.type === 'date')) {
    const [from, to] = range(value);
    const end = (text: string) => (field.type === 'date' ? day(text) : number(Number(text), 3));
    if (from === to) return end(from);
    if (!from) return t('upTo', { to: end(to) });
    return to ? t('fromTo', { from: end(from), to: end(to) }) : t('atLeast', { from: end(from) });
  }
  return value.split(',').map(one).join(', ');
}
