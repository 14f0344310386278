/** The base of all parts: the model from the context, the page's styles, and messages for late or failed answers. */
import { consume } from '@lit/context';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { t } from '../texts';
import { modelContext } from '../view/context';
import type { Model } from '../view/model';
import type { Asker } from '../view/question';
import './part.css';

/** An answer or an error; neither while the request is under way. */
interface Outcome<T> {
  readonly value?: T | undefined;
  readonly error?: Error | undefined;
}

export class Part extends LitElement implements Asker {
  /** The same object each time, sent again whenever its content changed. */
  @consume({ context: modelContext, subscribe: true })
  model!: Model;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Shows the answer, a message that it is late, or its error. */
  protected answered<T>(outcome: Outcome<T>, show: (value: T) => unknown): unknown {
    if (outcome.value !== undefined) return show(outcome.value);
    if (outcome.error) return failure(outcome.error.message, () => this.model.retry());
    return waiting(t('loading'));
  }

  /** The same, but the old answer stays until the next one comes, so that readers keep their place. */
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
