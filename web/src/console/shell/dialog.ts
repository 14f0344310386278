/** Questions in a native `<dialog>`, which keeps the focus and gives it back. */
import { html, nothing, render, type TemplateResult } from 'lit';
import { t } from './texts';
import './dialog.css';

export interface Question {
  title: string;
  text?: unknown;
  yes: string;
  no?: string;
  /** Marks what takes something away. */
  isDangerous?: boolean;
  /** Asks for a line of text besides, such as a reason or a password. */
  field?: { label: string; type?: 'text' | 'password'; required?: boolean; value?: string; autocomplete?: AutoFill };
}

/** Asks; resolves to what was written (`''` without a field), or to `undefined` when the answer is no. */
export function askFor(question: Question): Promise<string | undefined> {
  return show<string>((answer) => {
    const { title, text, yes, no, isDangerous, field } = question;
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const given = new FormData(event.currentTarget as HTMLFormElement).get('answer');
      answer(typeof given === 'string' ? given.trim() : '');
    };
    return html`<form @submit=${submit}>
      <h2>${title}</h2>
      ${text ? html`<div class="text">${text}</div>` : nothing}
      ${
        field
          ? html`<label
              >${field.label}<input
                name="answer"
                type=${field.type ?? 'text'}
                autocomplete=${field.autocomplete ?? 'off'}
                ?required=${field.required}
                .value=${field.value ?? ''}
                maxlength="1000"
            /></label>`
          : nothing
      }
      <p class="choices">
        <button type="button" @click=${() => answer(undefined)}>${no ?? t('cancel')}</button>
        <button class=${isDangerous ? 'danger' : 'primary'}>${yes}</button>
      </p>
    </form>`;
  });
}

/** Shows a dialog of one's own; `answer` closes it. Escape answers `undefined`. */
export function show<T>(content: (answer: (value: T | undefined) => void) => TemplateResult): Promise<T | undefined> {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    const answer = (value: T | undefined) => {
      resolve(value);
      dialog.close();
    };
    dialog.addEventListener('close', () => {
      resolve(undefined);
      dialog.remove();
    });
    render(content(answer), dialog);
    const heading = dialog.querySelector('h2');
    if (heading) {
      heading.id = 'dialog-title';
      dialog.setAttribute('aria-labelledby', heading.id);
    }
    document.body.append(dialog);
    dialog.showModal();
  });
}
