/** Asks which columns a list has. */
import { html } from 'lit';
import type { Field, Layer } from '../../api/layers';
import { pick } from '../../texts';
import { show } from '../shell/dialog';
import { t } from './texts';

/** Resolves to their names, `''` for the usual ones, or `undefined` to leave them. */
export function chooseColumns(layer: Layer, columns: Field[]): Promise<string | undefined> {
  const shown = new Set(columns.map(({ name }) => name));
  return show<string>((answer) => {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      answer((new FormData(event.currentTarget as HTMLFormElement).getAll('column') as string[]).join(','));
    };
    return html`<form class="columns-editor" @submit=${submit}>
      <h2>${t('columnsTitle')}</h2>
      ${layer.fields
        .filter(({ name }) => name !== 'version')
        .map(
          ({ name, title }) =>
            html`<label class="box"
              ><input type="checkbox" name="column" value=${name} ?checked=${shown.has(name)} />${pick(title)}</label
            >`,
        )}
      <p class="choices">
        <button type="button" @click=${() => answer('')}>${t('usualColumns')}</button>
        <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
        <button class="primary">${t('show')}</button>
      </p>
    </form>`;
  });
}
