/** One figure: its number, which opens its rows; its change; its parts. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Definition, Delta, Figure } from '../api/figures';
import { day, number, pick, signed, t, tOr } from '../texts';
import type { Model } from '../view/model';
import './figure.css';

/** For values of a partition that have no colour on the map. */
const SHADES = ['#4a8ba5', '#1d5f7c', '#84b4c6', '#2f4858', '#b9d5df', '#5b7c8d'];

/** A number that opens its rows when pressed. */
export function rowsButton(model: Model, rows: string, what: string, content: unknown): TemplateResult {
  const { view, unit } = model;
  const isOpen = view.rows === rows;
  const press = () => model.change({ rows: isOpen ? '' : rows, selected: unit === view.home ? '' : view.selected });
  return html`<button type="button" class="number" aria-pressed=${isOpen} title=${t('showRows', { what })} @click=${press}>
    ${content}
  </button>`;
}

/** The change, its base and its notes. */
export function changeOf(delta: Figure['delta']): TemplateResult | TemplateResult[] | typeof nothing {
  if (!isWhole(delta)) return nothing;
  const { base, base_on, base_kind, computed_base } = delta;
  // Most of the base is unknown: a sentence instead of a difference.
  if (delta.value === null) return notes(delta.notes);
  const remarks = [
    number(base),
    base_kind === 'declared' ? t('declared') : '',
    base === computed_base ? '' : t('computed', { n: number(computed_base) }),
  ].filter(Boolean);
  return html`${badge(delta)} <span class="quiet">${t('since', { date: day(base_on) })} (${remarks.join('; ')})</span> ${parts(delta)}
    ${notes(delta.notes)}`;
}

/** What was published for the same day, if it is another number. */
export function publishedOf({ published }: Figure): TemplateResult[] | typeof nothing {
  return published?.difference ? notes([published.note]) : nothing;
}

/** The change alone. */
export function badge(delta: Figure['delta']): TemplateResult | typeof nothing {
  if (!isWhole(delta) || delta.value === null) return nothing;
  const { value } = delta;
  return html`<span class="change ${value > 0 ? 'more' : value < 0 ? 'less' : ''}">${value ? signed(value) : t('noChange')}</span>`;
}

function isWhole(delta: Figure['delta']): delta is Delta {
  return delta?.value !== undefined && delta.base_on !== undefined;
}

function parts({ parts }: Delta) {
  const some = Object.entries(parts).filter(([, count]) => count !== 0);
  if (!some.length) return nothing;
  return html`<span class="parts quiet">${t('changes')}: ${some.map(part).join(', ')}</span>`;
}

function part([name, count]: [string, number]): string {
  return tOr(`part.${name}.${count > 0 ? 'more' : 'less'}`, `${name} ${signed(count)}`, { n: number(Math.abs(count)) });
}

function notes(notes: string[]) {
  return notes.map((note) => html`<span class="note">${note.charAt(0).toLocaleUpperCase() + note.slice(1).replace(/\.$/, '')}.</span>`);
}

/** The parts of a total as one bar and a list. */
export function partition(model: Model, definition: Definition, figure: Figure): TemplateResult {
  const values = Object.entries(figure.values ?? {});
  const colours = model.colours.get(definition.collection);
  const colour = (value: string, i: number) => colours?.get(value) ?? SHADES[i % SHADES.length]!;
  const most = Math.max(1, ...values.map(([, count]) => count));
  const width = (count: number) => (definition.overlapping ? `; width: ${(count / most) * 3}rem` : '');
  const bar = values.map(([value, count], i) => html`<i .style=${`flex-grow: ${count}; background: ${colour(value, i)}`}></i>`);
  return html`
    ${definition.overlapping ? nothing : html`<div class="bar" aria-hidden="true">${bar}</div>`}
    <ul class="values" data-code=${definition.code}>
      ${values.map(([value, count], i) => {
        const label = labelOf(model, definition, value);
        const delta = figure.delta?.values?.[value];
        return html`<li data-value=${value}>
          <i aria-hidden="true" .style=${`background: ${colour(value, i)}${width(count)}`}></i>
          <span>${label}</span>
          ${rowsButton(model, `${definition.code}:${value}`, `${pick(definition)} ${label}`, html`<strong>${number(count)}</strong>`)}
          ${badge(delta)} ${notes(delta?.notes ?? [])}
        </li>`;
      })}
    </ul>
  `;
}

function labelOf({ layers }: Model, { collection, by }: Definition, value: string): string {
  const field = layers.find(({ id }) => id === collection)?.fields.find(({ name }) => name === by);
  const found = field?.values.find((choice) => choice.value === value);
  return found ? pick(found.label) : tOr(value, value);
}

/** A share: covered of total, with the unknown shown separately. */
export function share(model: Model, definition: Definition, figure: Figure): TemplateResult | typeof nothing {
  const { covered = 0, unknown = 0, total = 0 } = figure;
  if (!total) return nothing;
  const of = html`<strong>${t('ofTotal', { covered: number(covered), total: number(total) })}</strong> ${pick(definition.unit_label)}`;
  const width = (count: number) => `width: ${(count / total) * 100}%`;
  return html`<li data-code=${definition.code}>
    <span>${pick(definition).replace(/\.$/, '')}</span>
    <span class="amount">${rowsButton(model, definition.code, pick(definition), of)} ${badge(figure.delta)}</span>
    <span class="track" aria-hidden="true"><i .style=${width(covered)}></i><i class="unknown" .style=${width(unknown)}></i></span>
    <span class="quiet">${percentage(figure)}</span>
  </li>`;
}

function percentage({ percent, unknown, range }: Figure): string {
  const [low, high] = range ?? [];
  const between = low === undefined || high === undefined ? '' : ` (${t('rangeOf', { low: number(low), high: number(high) })})`;
  const parts = [percent == null ? '' : `${number(percent)}%`, unknown ? t('unknownCount', { n: number(unknown) }) + between : ''];
  return parts.filter(Boolean).join('; ');
}
