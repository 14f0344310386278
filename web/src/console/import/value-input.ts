/** Where a value of a field is chosen or written. */
import { html, nothing } from 'lit';
import { get, query } from '../../api/get';
import { layers, type Field } from '../../api/layers';
import { pick } from '../../texts';
import type { Commune, Session } from '../shell/session';
import { t } from './texts';

/** Central meridians of the zones of VN-2000, degrees. */
const MERIDIANS = [102, 103, 104, 104.5, 104.75, 105, 105.5, 105.75, 106, 106.25, 106.5, 107, 107.25, 107.5, 107.75, 108, 108.25, 108.5];

/** More communes than these are written, with suggestions. */
const MOST_LISTED = 200;

export function zones(): { value: string; text: string }[] {
  return MERIDIANS.map((degrees) => {
    const minutes = Math.round((degrees % 1) * 60);
    return { value: String(degrees), text: `${Math.floor(degrees)}°${String(minutes).padStart(2, '0')}′` };
  });
}

let known: Promise<Commune[]> | undefined;

/** The communes to choose from: those of the sender, or all. */
export function communesOf(session: Session): Promise<Commune[]> {
  if (session.communes) return Promise.resolve(session.communes);
  return (known ??= ofAll());
}

async function ofAll(): Promise<Commune[]> {
  const layer = (await layers()).find(({ unitLevel }) => unitLevel === 'commune')!;
  const address = query(`/collections/${layer.id}/items`, { limit: 5000, skipGeometry: 'true', properties: 'code,name' });
  const { features } = await get<{ features: { properties: Commune }[] }>(address);
  return features.map(({ properties }) => properties);
}

export interface Choice {
  value: string;
  text: string;
}

export function choicesOf(field: Field | undefined, communes: Commune[]): Choice[] {
  if (field?.type === 'commune') return communes.map(({ code, name }) => ({ value: code, text: name }));
  if (field?.type === 'boolean')
    return [
      { value: 'true', text: t('yes') },
      { value: 'false', text: t('no') },
    ];
  return field?.values.map(({ value, label }) => ({ value, text: pick(label) })) ?? [];
}

/** A list to choose from when there are choices, otherwise a line to write in; `change` gets what was chosen. */
export function valueInput(
  { id, label, value, choices, hint }: { id: string; label: string; value: string; choices: Choice[]; hint?: string | undefined },
  change: (value: string) => void,
) {
  const changed = (event: Event) => change((event.target as HTMLInputElement).value.trim());
  const listed = choices.length > 0 && choices.length <= MOST_LISTED;
  if (listed)
    return html`<select id=${id} aria-label=${label} @change=${changed}>
      <option value="" ?selected=${!value}>${t('pick')}</option>
      ${choices.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.text}</option>`)}
    </select>`;
  return html`<input
      id=${id}
      aria-label=${label}
      .value=${value}
      placeholder=${hint ?? nothing}
      maxlength="500"
      list=${choices.length ? `${id}-list` : nothing}
      autocomplete="off"
      @change=${changed}
    />${
      choices.length
        ? html`<datalist id="${id}-list">${choices.map(({ text }) => html`<option value=${text}></option>`)}</datalist>`
        : nothing
    }`;
}
