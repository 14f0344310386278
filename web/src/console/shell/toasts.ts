/** Short messages at the foot of the console: `toast(text)`. Screen readers read them; one with an action stays until it is closed. */
import { html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { icon } from './icons';
import { t } from './texts';
import './toasts.css';

interface Toast {
  text: string;
  /** What went wrong stays until somebody closes it. */
  isFailure?: boolean;
  action?: { text: string; act: () => void };
}

const SHOWN_MS = 6000;
let shown: ConsoleToasts | undefined;

export function toast(text: string, more: Omit<Toast, 'text'> = {}): void {
  shown?.add({ text, ...more });
}

@customElement('console-toasts')
export class ConsoleToasts extends LitElement {
  @state() private toasts: Toast[] = [];

  override connectedCallback() {
    super.connectedCallback();
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    shown = this;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  add(toast: Toast): void {
    this.toasts = [...this.toasts.slice(-2), toast];
    if (!toast.isFailure && !toast.action) setTimeout(() => this.dismiss(toast), SHOWN_MS);
  }

  protected override render() {
    return html`<div role="status" aria-live="polite">${this.toasts.map((toast) => this.one(toast))}</div>`;
  }

  private one(toast: Toast) {
    const act = () => {
      this.dismiss(toast);
      toast.action?.act();
    };
    return html`<div class="toast ${toast.isFailure ? 'failed' : ''}">
      <p>${toast.text}</p>
      ${toast.action ? html`<button type="button" class="textual" @click=${act}>${toast.action.text}</button>` : nothing}
      <button type="button" class="tool" aria-label=${t('close')} @click=${() => this.dismiss(toast)}>${icon('close')}</button>
    </div>`;
  }

  private dismiss(toast: Toast): void {
    this.toasts = this.toasts.filter((other) => other !== toast);
  }
}
