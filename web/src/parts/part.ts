/** What all parts share: the model by context, the styles of the page, and how they say that an answer is late or failed. */
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { t } from '../texts';
import { modelContext } from '../view/context';
import type { Model } from '../view/model';
import type { Asker } from '../view/question';
import './part.css';

/** An answer, or why there is none; neither while it is on its way. */
interface Outcome<T> {
  readonly value?: T | undefined;
  readonly error?: Error | undefined;
}

export class Part extends LitElement implements Asker {
  /** It comes anew, the same object, whenever something in it changed. */
  @consume({ context: modelContext, subscribe: true })
  model!: Model;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** What was asked for, or that it is on its way, or why it is not here. */
  protected answered<T>(outcome: Outcome<T>, show: (value: T) => unknown): unknown {
    if (outcome.value !== undefined) return show(outcome.value);
    if (outcome.error) return failure(outcome.error.message, () => this.model.retry());
    return waiting(t('loading'));
  }

  /** The same, but what is shown stays until the next answer, so that a reader keeps their place in it. */
  protected refreshed<T>(outcome: Outcome<T> & { readonly shown: T | undefined }, show: (value: T) => unknown): unknown {
    const { shown } = outcome;
    if (shown === undefined) return this.answered(outcome, show);
    const isLate = outcome.value === undefined;
    return html`<div class="answer">
      ${isLate ? waiting(t('loading')) : nothing}
      <div aria-busy=${isLate}>${show(shown)}</div>
    </div>`;
  }
}

export function waiting(text: string): TemplateResult {
  return html`<p class="waiting" role="status"><span class="spinner" aria-hidden="true"></span>${text}</p>`;
}

export function failure(text: string, retry: () => void): TemplateResult {
  return html`<div class="failure" role="alert">
    <p>${text}</p>
    <button type="button" @click=${retry}>${t('retry')}</button>
  </div>`;
}
