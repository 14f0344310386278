/** What a grant or a token is limited to: as a form, as the service takes it, and in words. */
import { html } from 'lit';
import type { Layer } from '../../api/layers';
import { day, pick } from '../../texts';
import '../shell/unit-field';
import { keptLayers, operators, type Grant, type Token } from './accounts';
import { t } from './texts';

/** The inputs; nothing chosen means no limit. */
export function scopeInputs(layers: Layer[]) {
  const unit = (event: CustomEvent<string>) => {
    (event.currentTarget as HTMLElement).parentElement!.querySelector<HTMLInputElement>('[name=unit]')!.value = event.detail;
  };
  const box = (name: string, value: string, text: string) =>
    html`<label class="box"><input type="checkbox" name=${name} value=${value} />${text}</label>`;
  return html`<div class="field"><unit-field .label=${t('unit')} @unit=${unit}></unit-field><input type="hidden" name="unit" /></div>
    <fieldset>
      <legend>${t('operators')}</legend>
      ${operators(layers).map(([value, label]) => box('operators', value, pick(label)))}
    </fieldset>
    <fieldset>
      <legend>${t('collections')}</legend>
      ${keptLayers(layers).map(({ id, title }) => box('collections', id, pick(title)))}
    </fieldset>`;
}

/** The members of a body that a form gives; what is empty is left out. */
export function scopeOf(given: FormData): Record<string, unknown> {
  const text = (name: string) => ((given.get(name) as string | null) ?? '').trim();
  const list = (name: string) => (given.getAll(name).length ? { [name]: given.getAll(name) } : {});
  const one = (name: string) => (text(name) ? { [name]: text(name) } : {});
  return { ...one('role'), ...one('unit'), ...list('operators'), ...list('collections') };
}

/** `Sửa dữ liệu · Phường Đông Sơn · VNPT · Camera`. */
export function scopeInWords(scope: Grant | Token, layers: Layer[]): string {
  const names = new Map(operators(layers).map(([value, label]) => [value, pick(label)]));
  const titles = new Map(layers.map(({ id, title }) => [id, pick(title)]));
  const parts = [
    scope.role ? t(`role.${scope.role}`) : '',
    scope.unit ? (scope.unit.name ?? scope.unit.code ?? '') : t('anywhere'),
    scope.operators?.map((value) => names.get(value) ?? value).join(', '),
    scope.collections?.map((id) => titles.get(id) ?? id).join(', '),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** `từ 1/1/2026 đến 1/1/2027`. */
export function timeInWords({ starts_on, expires_on }: Grant): string {
  const from = starts_on ? t('since', { on: day(starts_on) }) : '';
  return expires_on ? `${from} ${t('until', { on: day(expires_on) })}` : from;
}
