/** Choosing a place: by moving the map, by where the device is, or by coordinates in any notation. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Item } from '../../api/items';
import { nameOf } from '../../api/items';
import { number } from '../../texts';
import { ownAreas } from '../map/commune';
import '../map/place-map';
import type { PlaceMap, Position } from '../map/place-map';
import { icon } from '../shell/icons';
import type { Session } from '../shell/session';
import { known, MERIDIANS, nearby, readPlace, type Found, type Near } from './place';
import { t } from './texts';
import './place-chooser.css';

const SETTLED_MS = 350;
/** A worse location is said to be one. */
const ROUGH_M = 25;
const ZONE = 'hatang.meridian';

/** Dispatches `place` with a `Position`, and `azimuth`. */
@customElement('place-chooser')
export class PlaceChooser extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** The layer whose records are shown near the place. */
  @property() layer = '';
  @property({ attribute: false }) place: Position | undefined;
  @property({ type: Boolean }) looks = false;
  @property({ attribute: false }) azimuth: number | null | undefined;
  @property({ attribute: false }) opening: number | null | undefined;
  /** What is wrong with the place. */
  @property({ attribute: false }) problems: string[] = [];
  /** The record that is being moved, which is not near itself. */
  @property({ attribute: false }) own: number | undefined;
  @state() private areas: Item[] = [];
  @state() private found: Found | undefined;
  @state() private near: Near[] = [];
  /** What is registered already in the part that the map shows. */
  @state() private around: Item[] = [];
  @state() private said = '';
  @state() private needsZone = false;
  private text = '';
  private looking = new AbortController();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated() {
    ownAreas(this.session).then(
      (areas) => (this.areas = areas),
      () => undefined,
    );
  }

  protected override updated(changed: Map<PropertyKey, unknown>) {
    if (changed.has('place')) void this.look();
  }

  protected override render() {
    return html`<place-map
        choosing
        .place=${this.place}
        .areas=${this.areas}
        .features=${this.around}
        ?looks=${this.looks && this.place !== undefined}
        .azimuth=${this.azimuth}
        .opening=${this.opening}
        @place=${({ detail }: CustomEvent<Position>) => this.choose(detail)}
        @view=${({ detail }: CustomEvent<number[]>) => void this.lookAround(detail)}
        @feature=${({ detail }: CustomEvent<number>) => open(`/console/${this.layer}/${detail}`, '_blank', 'noopener')}
      ></place-map>
      <div class="under">
        <p class="lies ${this.isOutside() ? 'outside' : ''}" role="status">${this.lies()}</p>
        <button type="button" @click=${this.locate}>${icon('locate')} ${t('here')}</button>
      </div>
      ${this.problems.length ? html`<p class="wrong" role="alert">${this.problems.join(' ')}</p>` : nothing}
      <details ?open=${this.needsZone || nothing}>
        <summary>${t('coordinates')}${this.place ? html` <span class="quiet">${written(this.place)}</span>` : nothing}</summary>
        ${this.coordinates()}
      </details>
      ${this.near.length ? this.neighbours() : nothing}`;
  }

  private coordinates() {
    const zone = localStorage.getItem(ZONE) ?? '';
    return html`<form @submit=${this.read}>
      <label for="typed-place">${t('pasteHint')}</label>
      <div class="typed">
        <input
          id="typed-place"
          autocomplete="off"
          maxlength="200"
          @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
        />
        <button>${t('find')}</button>
      </div>
      ${
        this.needsZone
          ? html`<label for="zone">${t('zone')}</label>
              <select id="zone" @change=${(event: Event) => localStorage.setItem(ZONE, (event.target as HTMLSelectElement).value)}>
                <option value=""></option>
                ${MERIDIANS.map((name) => html`<option value=${name} ?selected=${name === zone}>${name}</option>`)}
              </select>`
          : nothing
      }
    </form>`;
  }

  private neighbours() {
    return html`<div class="near">
      <h3>${t('nearby')}</h3>
      <ul>
        ${this.near.map(
          ({ item, distance_m }) =>
            html`<li>
              <a href="/console/${this.layer}/${item.id}" target="_blank" rel="noopener">${nameOf(item)}</a>
              <span class="quiet">${t('away', { n: number(distance_m, 0) })}</span>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  /** Whether the place lies outside of what somebody was given. */
  private isOutside(): boolean {
    const { communes } = this.session;
    if (!this.found) return false;
    const [commune] = this.found.units;
    return !commune || (communes !== undefined && !communes.some(({ code }) => code === commune.code));
  }

  private lies() {
    if (this.said) return this.said;
    if (!this.place) return t('moveMap');
    if (!this.found) return '…';
    const [commune] = this.found.units;
    if (!commune) return t('outsideAll');
    if (this.isOutside()) return t('outsideMine', { unit: commune.name });
    return t('liesIn', { units: this.found.units.map(({ name }) => name).join(', ') });
  }

  private choose(place: Position) {
    this.said = '';
    this.place = place;
    this.dispatchEvent(new CustomEvent<Position>('place', { detail: place }));
  }

  /** The commune of the place and its neighbours, when it has not moved for a moment. */
  private async look(): Promise<void> {
    this.looking.abort();
    this.looking = new AbortController();
    const { signal } = this.looking;
    const { place } = this;
    if (!place) return;
    await new Promise((done) => setTimeout(done, SETTLED_MS));
    if (signal.aborted) return;
    const [found, near] = await Promise.allSettled([
      readPlace(`${place[1]}, ${place[0]}`, undefined, signal),
      this.layer ? nearby(this.layer, place, signal) : Promise.resolve([]),
    ]);
    if (signal.aborted) return;
    this.found = found.status === 'fulfilled' ? found.value : undefined;
    this.near = near.status === 'fulfilled' ? near.value.filter(({ item }) => item.id !== this.own) : [];
  }

  private async lookAround(box: number[]): Promise<void> {
    if (!this.layer) return;
    this.around = await known(this.layer, box).catch(() => this.around);
  }

  private read = async (event: SubmitEvent) => {
    event.preventDefault();
    const zone = localStorage.getItem(ZONE);
    try {
      const { geometry } = await readPlace(this.text, zone ? `VN-2000 ${zone}` : undefined);
      this.show(geometry.coordinates);
    } catch (error) {
      this.needsZone = /\d{6}/.test(this.text);
      this.said = (error as Error).message;
    }
  };

  private locate = () => {
    this.said = t('locating');
    if (!('geolocation' in navigator)) return void (this.said = t('noLocation'));
    navigator.geolocation.getCurrentPosition(
      ({ coords: { longitude, latitude, accuracy } }) => {
        this.show([Number(longitude.toFixed(6)), Number(latitude.toFixed(6))]);
        if (accuracy > ROUGH_M) this.said = t('roughLocation', { n: Math.round(accuracy) });
      },
      () => (this.said = t('noLocation')),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
    );
  };

  private show(place: Position) {
    this.querySelector<PlaceMap>('place-map')?.show(place);
    this.choose(place);
  }
}

function written([lng, lat]: Position): string {
  return `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
}
