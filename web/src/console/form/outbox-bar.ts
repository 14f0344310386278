/** Says that writes wait to be sent, and sends them when there is a connection. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Session } from '../shell/session';
import { toast } from '../shell/toasts';
import { kept, sendKept, watch, type Work } from './outbox';
import { t } from './texts';

@customElement('outbox-bar')
export class OutboxBar extends LitElement {
  @property({ attribute: false }) session!: Session;
  @state() private works: Work[] = [];
  private isSending = false;
  private stop = new AbortController();

  override connectedCallback() {
    super.connectedCallback();
    this.stop = new AbortController();
    watch(() => void this.look(), this.stop.signal);
    void this.send();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.stop.abort();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const refused = this.works.filter((work) => work.refused);
    const waiting = this.works.length - refused.length;
    return html`<div role="status">
      ${
        waiting
          ? html`<p class="note">
              ${t('waiting', { n: waiting })} <button type="button" class="textual" @click=${this.send}>${t('sendNow')}</button>
            </p>`
          : nothing
      }
      ${
        refused[0]
          ? html`<p class="note">
              ${t('refusedWork', { n: refused.length })} ${refused[0].title}: ${refused[0].refused}
              <a href="${refused[0].page}?work=${refused[0].key}">${t('review')}</a>
            </p>`
          : nothing
      }
    </div>`;
  }

  private async look(): Promise<void> {
    this.works = await kept(this.session);
    if (navigator.onLine && this.works.some(({ refused }) => !refused)) await this.send();
  }

  private send = async (): Promise<void> => {
    if (this.isSending) return;
    this.isSending = true;
    try {
      await sendKept(this.session, ({ title }) => toast(t('sentLater', { title })));
    } finally {
      this.isSending = false;
      this.works = await kept(this.session);
    }
  };
}
