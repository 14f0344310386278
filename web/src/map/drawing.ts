/** A part of the map. It requests its data, draws them when they come, and says when they are late or failed. */
import { consume } from '@lit/context';
import { html, nothing } from 'lit';
import type { Map as MapLibre } from 'maplibre-gl';
import { Part } from '../parts/part';
import { t } from '../texts';
import { mapContext } from './context';

/** Answers that come sooner need no message. */
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
    // A part that was just removed may still get an update.
    if (this.map && this.isConnected) this.draw(this.map);
  }

  /** A message for the map's live region, which screen readers read aloud. */
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
