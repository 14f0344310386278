/** What all parts share: they follow the model, and are styled by the page. */
import { html, LitElement, type TemplateResult } from 'lit';
import { t } from '../texts';
import { model } from '../view/model';

export class Part extends LitElement {
  private follow = () => this.requestUpdate();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    model.addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    model.removeEventListener('change', this.follow);
  }
}

/** What was asked for, or that it is on its way, or why it is not. */
export function answered<T>(answer: { value?: T; error?: Error }, show: (value: T) => unknown, retry = () => model.retry()): unknown {
  if (answer.value !== undefined) return show(answer.value);
  if (answer.error) return failure(answer.error, retry);
  return html`<p class="waiting" role="status"><span class="spinner" aria-hidden="true"></span>${t('loading')}</p>`;
}

function failure(error: Error, retry: () => void): TemplateResult {
  return html`<div class="failure" role="alert">
    <p><strong>${t('failed')}</strong> ${error.message}</p>
    <button type="button" @click=${retry}>${t('retry')}</button>
  </div>`;
}
