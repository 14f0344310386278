/** The sector that something looks into, over the middle of a map: dragged by its handle, or turned by arrow keys. */
import { html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from './texts';
import './direction-dial.css';

const RADIUS = 96;
const USUAL_OPENING = 70;

/** Dispatches `azimuth`: whole degrees clockwise from north. */
@customElement('direction-dial')
export class DirectionDial extends LitElement {
  @property({ attribute: false }) azimuth: number | null | undefined;
  @property({ attribute: false }) opening: number | null | undefined;
  @property({ type: Boolean }) fixed = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const isKnown = typeof this.azimuth === 'number';
    const azimuth = isKnown ? Number(this.azimuth) : 0;
    const [x, y] = at(azimuth);
    return html`<svg viewBox="-130 -130 260 260" aria-hidden="true">
        ${isKnown ? svg`<path d=${sector(azimuth, this.opening ?? USUAL_OPENING)}></path>` : nothing}
        <line x1="0" y1="0" x2=${x} y2=${y} class=${isKnown ? '' : 'unknown'}></line>
      </svg>
      ${
        this.fixed
          ? nothing
          : html`<div
              class="handle"
              role="slider"
              tabindex="0"
              aria-label=${t('direction')}
              aria-valuemin="0"
              aria-valuemax="359"
              aria-valuenow=${Math.round(azimuth)}
              aria-valuetext=${t('degrees', { n: Math.round(azimuth) })}
              .style=${`transform: translate(${x}px, ${y}px)`}
              @pointerdown=${this.grab}
              @pointermove=${this.drag}
              @keydown=${this.turn}
            ></div>`
      }`;
  }

  private grab(event: PointerEvent) {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    event.preventDefault();
    event.stopPropagation();
    (event.currentTarget as HTMLElement).focus();
  }

  private drag(event: PointerEvent) {
    if (!(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return;
    const box = this.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    this.tell((Math.atan2(x, -y) * 180) / Math.PI);
  }

  private turn(event: KeyboardEvent) {
    const step = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 15, PageDown: -15 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.tell((this.azimuth ?? 0) + step);
  }

  private tell(degrees: number) {
    this.azimuth = (Math.round(degrees) + 360) % 360;
    this.dispatchEvent(new CustomEvent('azimuth', { detail: this.azimuth, bubbles: true }));
  }
}

function at(azimuth: number, radius = RADIUS): [number, number] {
  const angle = (azimuth * Math.PI) / 180;
  return [Math.sin(angle) * radius, -Math.cos(angle) * radius];
}

function sector(azimuth: number, opening: number): string {
  if (opening >= 360) return `M0 ${-RADIUS}A${RADIUS} ${RADIUS} 0 1 1 0 ${RADIUS}A${RADIUS} ${RADIUS} 0 1 1 0 ${-RADIUS}`;
  const [[ax, ay], [bx, by]] = [at(azimuth - opening / 2), at(azimuth + opening / 2)];
  return `M0 0L${ax} ${ay}A${RADIUS} ${RADIUS} 0 ${opening > 180 ? 1 : 0} 1 ${bx} ${by}Z`;
}
