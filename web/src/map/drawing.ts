/** A part of the map: it asks for what it draws, draws it when it comes, and says meanwhile that it is late, or why it failed. */
import { consume } from '@lit/context';
import { html, nothing } from 'lit';
import type { Map as MapLibre } from 'maplibre-gl';
import { Part } from '../parts/part';
import { t } from '../texts';
import { mapContext } from './context';

/** What comes sooner needs no message. */
const LATE_MS = 400;

interface Asked {
  readonly isPending: boolean;
  readonly error: Error | undefined;
}

export abstract class Drawing extends Part {
  @consume({ context: mapContext, subscribe: true })
  map: MapLibre | undefined;
  private isLate = false;
  private waiting = 0;

  protected abstract draw(map: MapLibre): void;

  protected override updated() {
    // One that was just taken away may still have an update to come.
    if (this.map && this.isConnected) this.draw(this.map);
  }

  /** It stands in the map's region of messages, which reads aloud what comes in. */
  protected progress({ isPending, error }: Asked, what: string): unknown {
    this.measure(isPending);
    if (isPending && !this.isLate) return nothing;
    if (isPending) return html`<p class="late"><span class="spinner" aria-hidden="true"></span>${t('loadingOf', { what })}</p>`;
    if (!error) return nothing;
    return html`<p class="missing">
      <span>${t('failedOf', { what })} ${error.message}</span>
      <button type="button" @click=${() => this.model.retry()}>${t('retry')}</button>
    </p>`;
  }

  private measure(isPending: boolean): void {
    if (isPending) {
      this.waiting ||= window.setTimeout(() => {
        this.isLate = true;
        this.requestUpdate();
      }, LATE_MS);
    } else {
      clearTimeout(this.waiting);
      this.waiting = 0;
      this.isLate = false;
    }
  }
}
