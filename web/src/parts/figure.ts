/** One figure: its number, which opens into its rows; its change; its parts. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Definition, Delta, Figure } from '../api/figures';
import { GREY } from '../colour/palette';
import { day, number, pick, signed, t, tOr } from '../texts';
import { model } from '../view/model';

/** A number that shows its rows when pressed. */
export function rowsButton(rows: string, what: string, content: unknown): TemplateResult {
  return html`<button type="button" class="number" aria-pressed=${model.view.rows === rows} title=${t('showRows', { what })}
    @click=${() => model.change({ rows: model.view.rows === rows ? '' : rows, selected: model.unit === model.view.home ? '' : model.view.selected })}>${content}</button>`;
}

/** The change, its base and what must be said about it. */
export function changeOf(delta: Figure['delta'], brief = false): TemplateResult | typeof nothing {
  if (delta?.value === undefined || delta.base_on === undefined) return nothing;
  const { value, base, base_on, base_kind, computed_base } = delta as Delta;
  const badge = html`<span class="change ${value > 0 ? 'more' : value < 0 ? 'less' : ''}">${value ? signed(value) : t('noChange')}</span>`;
  if (brief) return badge;
  return html`${badge} <span class="quiet">${t('since', { date: day(base_on) })} (${number(base)}${base_kind === 'declared' ? html`, ${t('declared')}` : nothing}${base !== computed_base ? html`; ${t('computed', { n: number(computed_base) })}` : nothing})</span>
    ${parts(delta as Delta)} ${notes(delta.notes ?? [])}`;
}

function parts({ parts }: Delta) {
  const some = Object.entries(parts).filter(([, count]) => count !== 0);
  if (!some.length) return nothing;
  return html`<span class="parts quiet">${t('changes')}: ${some.map(([name, count], i) => html`${i ? ', ' : ''}${signed(count)} ${tOr(`part.${name}`, name)}`)}</span>`;
}

function notes(notes: string[]) {
  return notes.map((note) => html`<span class="note">${note.charAt(0).toLocaleUpperCase() + note.slice(1)}.</span>`);
}

/** The parts of a total as one bar and a list. */
export function partition(definition: Definition, figure: Figure): TemplateResult {
  const values = Object.entries(figure.values ?? {});
  const field = model.layers.find(({ id }) => id === definition.collection)?.fields.find(({ name }) => name === definition.by);
  const colours = model.colours.get(definition.collection);
  const colour = (value: string, i: number) => colours?.get(value) ?? ['#4a8ba5', '#1d5f7c', '#84b4c6', '#2f4858', '#b9d5df', '#5b7c8d'][i % 6] ?? GREY;
  const label = (value: string) => {
    const found = field?.values.find((choice) => choice.value === value);
    return found ? pick(found.label) : tOr(value, value);
  };
  const most = Math.max(1, ...values.map(([, count]) => count));
  return html`
    ${definition.overlapping
      ? nothing
      : html`<div class="bar" aria-hidden="true">${values.map(([value, count], i) => html`<i .style=${`flex-grow: ${count}; background: ${colour(value, i)}`}></i>`)}</div>`}
    <ul class="values" data-code=${definition.code}>
      ${values.map(
        ([value, count], i) => html`<li data-value=${value}>
          <i aria-hidden="true" .style=${`background: ${colour(value, i)}${definition.overlapping ? `; width: ${(count / most) * 3}rem` : ''}`}></i>
          <span>${label(value)}</span>
          ${rowsButton(`${definition.code}:${value}`, `${pick(definition)} ${label(value)}`, html`<strong>${number(count)}</strong>`)}
          ${changeOf(figure.delta?.values?.[value], true)}
          ${notes(figure.delta?.values?.[value]?.notes ?? [])}
        </li>`,
      )}
    </ul>
  `;
}

/** A share: covered of total, unknown apart. */
export function share(definition: Definition, figure: Figure): TemplateResult | typeof nothing {
  const { covered = 0, unknown = 0, total = 0, percent, range } = figure;
  if (!total) return nothing;
  const of = t('ofTotal', { covered: number(covered), total: number(total) });
  return html`<li data-code=${definition.code}>
    <span>${pick(definition).replace(/\.$/, '')}</span>
    <span class="amount">${rowsButton(definition.code, pick(definition), html`<strong>${of}</strong>`)} ${changeOf(figure.delta, true)}</span>
    <span class="track" aria-hidden="true"><i .style=${`width: ${(covered / total) * 100}%`}></i><i class="unknown" .style=${`width: ${(unknown / total) * 100}%`}></i></span>
    <span class="quiet">${percent == null ? '' : `${number(percent)}%`}${unknown ? html`; ${t('unknownCount', { n: number(unknown) })}${range ? html` (${t('rangeOf', { low: number(range[0]), high: number(range[1]) })})` : nothing}` : nothing}</span>
  </li>`;
}
