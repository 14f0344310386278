/** The state of the page: the view, the layers, the definitions of figures, and kept answers. Parts get it from the context. */
import { Answers } from '../api/answers';
import { definitions, type Definition } from '../api/figures';
import { get } from '../api/get';
import type { Item } from '../api/items';
import { layers, type Layer } from '../api/layers';
import { legendColours } from '../colour/palette';
import { speak } from '../texts';
import { unitAddress } from './addresses';
import { firstView, read, today, write, type View } from './address';

/** How many answers are kept, so that going back shows them at once. */
const MOST_ANSWERS = 60;

export interface Settings {
  home: string;
  basemap: string | null;
  basemap_style: string | null;
  attribution: string | null;
}

export class Model {
  settings!: Settings;
  /** Whether layers and definitions are loaded. Without them nothing has a name. */
  described = false;
  layers: Layer[] = [];
  definitions: Definition[] = [];
  colours = new Map<string, Map<string, string>>();
  view!: View;
  first!: View;
  /** The records of a cluster that no zoom separates. */
  gathered: { layer: Layer; features: Item[] } | undefined;
  /** Whether the map is near enough to show records one by one. */
  isNear = false;
  readonly answers = new Answers(MOST_ANSWERS, () => this.changed());
  /** How often the reader asked for more rows of the list. */
  moreRows = 0;
  /** How often everything, and everything that failed, was requested again. */
  refreshes = 0;
  retries = 0;
  private isTelling = false;

  /** `tell` sends the model to the parts. */
  constructor(private readonly tell: () => void) {}

  /** Loads what does not change. Figures and communes need only the definitions, and do not wait for the layers. */
  async start(): Promise<void> {
    const [known, defined] = [layers(), definitions()];
    for (const coming of [known, defined]) coming.catch(() => undefined); // handled below
    this.settings = await get<Settings>('/config.json');
    this.first = firstView(this.settings.home, today());
    this.view = read(location.search, this.first);
    speak(this.view.language);
    this.changed();
    this.definitions = await defined;
    this.choose();
    this.changed();
    this.layers = await known;
    this.colours = legendColours(this.layers);
    this.described = true;
    this.choose();
    addEventListener('popstate', () => this.change(read(location.search, this.first), false));
    this.changed();
  }

  /** The first choice, if the address has none: the first figure, and the first two point layers with a legend. */
  private choose(): void {
    if (this.definitions.length) this.view.shade ??= this.definitions.find(({ headline }) => headline)?.code ?? '';
    const usual = this.layers.filter(({ legend, geometry }) => legend && geometry === 'point').slice(0, 2);
    if (this.described) this.view.on ??= usual.map(({ id }) => id);
  }

  change(part: Partial<View>, remember = true): void {
    const { language } = this.view;
    Object.assign(this.view, part);
    this.choose();
    if (part.selected !== undefined) this.gathered = undefined;
    if (part.rows !== undefined) this.moreRows = 0;
    if (remember) history.replaceState(null, '', (write(this.view, this.first) || location.pathname) + location.hash);
    if (this.view.language !== language) {
      speak(this.view.language);
      this.refresh();
    }
    this.changed();
  }

  /** Shows another unit, and moves the map there. */
  moveTo(home: string, more: Partial<View> = {}): void {
    this.change({ home, selected: '', rows: '', place: undefined, ...more });
  }

  /** Lists records that lie in one place. */
  gather(layer: Layer, features: Item[]): void {
    if (!this.view.selected.startsWith('unit/')) this.change({ selected: '' });
    this.gathered = { layer, features };
    this.moreRows = 0;
    this.changed();
  }

  near(isNear: boolean): void {
    if (this.isNear === isNear) return;
    this.isNear = isNear;
    this.changed();
  }

  showMoreRows(): void {
    this.moreRows++;
    this.changed();
  }

  ungather(): void {
    this.gathered = undefined;
    this.changed();
  }

  /** Forgets the answers and requests them again. The service says which ones are still the same. */
  refresh(): void {
    this.answers.clear();
    this.refreshes++;
    this.changed();
  }

  /** Requests again what failed. Requests under way continue. */
  retry(): void {
    this.answers.forgive();
    this.retries++;
    this.changed();
  }

  /** Waits for the figures of the unit, or until they are late. */
  async figures(late_ms: number): Promise<void> {
    const signal = AbortSignal.timeout(late_ms);
    const late = new Promise((done) => signal.addEventListener('abort', done));
    const figures = this.answers.ask(unitAddress(this), get, signal);
    await Promise.race([late, figures.catch(() => undefined)]);
  }

  get unitsOn(): string {
    return this.view.home.split('@')[1] ?? this.view.asOf;
  }

  /** The unit whose figures the panel shows: the one clicked, otherwise the home. */
  get unit(): string {
    const [what, code] = this.view.selected.split('/');
    return what === 'unit' && code ? `${code}@${this.unitsOn}` : this.view.home;
  }

  isOn(layer: string): boolean {
    return this.view.on?.includes(layer) ?? false;
  }

  /** Whether a request is under way. */
  get busy(): boolean {
    return !this.described || this.answers.busy;
  }

  /** Tells the parts, once for all changes of a moment. */
  private changed(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      this.tell();
    });
  }
}
