/** A form in a dialog that stays open, with what was entered, until its write succeeds. */
import { html, render, type TemplateResult } from 'lit';
import { ApiError } from '../../api/get';
import { show } from '../shell/dialog';
import { t } from './texts';
import './ask.css';

export interface Form<T> {
  title: string;
  content: TemplateResult;
  yes: string;
  write: (given: FormData) => Promise<T>;
}

export function ask<T>({ title, content, yes, write }: Form<T>): Promise<T | undefined> {
  return show<T>((answer) => {
    const submit = async (event: SubmitEvent) => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      const problems = form.querySelector<HTMLElement>('.problems')!;
      const button = form.querySelector<HTMLButtonElement>('button.primary')!;
      button.disabled = true;
      try {
        answer(await write(new FormData(form)));
      } catch (error) {
        render(said(error as Error), problems);
        mark(form, error);
      }
      button.disabled = false;
    };
    return html`<form class="ask" @submit=${submit}>
      <h2>${title}</h2>
      ${content}
      <div class="problems" role="alert"></div>
      <p class="choices">
        <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
        <button class="primary">${yes}</button>
      </p>
    </form>`;
  });
}

function said(error: Error) {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const lines = errors.length ? errors.map(({ message }) => message) : [error.message];
  return html`<ul class="note">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

/** Marks the inputs that the service named. */
function mark(form: HTMLFormElement, error: unknown) {
  const wrong = new Set((error instanceof ApiError ? (error.problem.errors ?? []) : []).map(({ pointer }) => pointer?.split('/')[1]));
  for (const input of form.querySelectorAll<HTMLInputElement>('[name]')) input.setAttribute('aria-invalid', String(wrong.has(input.name)));
  form.querySelector<HTMLElement>('[aria-invalid=true]:not([type=hidden])')?.focus();
}
