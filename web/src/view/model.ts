/** What the page knows: the view, the layers and figures there are, and the answers that are kept. Parts get it by context. */
import { Answers } from '../api/answers';
import { definitions, type Definition } from '../api/figures';
import { get } from '../api/get';
import type { Item } from '../api/items';
import { layers, type Layer } from '../api/layers';
import { legendColours } from '../colour/palette';
import { speak } from '../texts';
import { unitAddress } from './addresses';
import { firstView, read, today, write, type View } from './address';

/** Answers that are kept, so that going back shows them at once. */
const MOST_ANSWERS = 60;

export interface Settings {
  home: string;
  basemap: string | null;
  basemap_style: string | null;
  attribution: string | null;
}

export class Model {
  settings!: Settings;
  /** Whether layers and definitions are known, without which nothing has a name. */
  described = false;
  layers: Layer[] = [];
  definitions: Definition[] = [];
  colours = new Map<string, Map<string, string>>();
  view!: View;
  first!: View;
  /** Records of one cluster that no zoom parts. */
  gathered: { layer: Layer; features: Item[] } | undefined;
  readonly answers = new Answers(MOST_ANSWERS, () => this.changed());
  /** How often all was asked anew, and what had failed. */
  refreshes = 0;
  retries = 0;
  private isTelling = false;

  /** `tell` passes the model on to the parts. */
  constructor(private readonly tell: () => void) {}

  /** Reads what does not change. Figures and communes need the definitions only, and do not wait for the layers. */
  async start(): Promise<void> {
    const [known, defined] = [layers(), definitions()];
    for (const coming of [known, defined]) coming.catch(() => undefined); // heard below
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

  /** What is shown while nobody chose: the first figure, the first two layers of points with a legend. */
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
    if (remember) history.replaceState(null, '', (write(this.view, this.first) || location.pathname) + location.hash);
    if (this.view.language !== language) {
      speak(this.view.language);
      this.refresh();
    }
    this.changed();
  }

  /** Lists records that lie at one place. */
  gather(layer: Layer, features: Item[]): void {
    if (!this.view.selected.startsWith('unit/')) this.change({ selected: '' });
    this.gathered = { layer, features };
    this.changed();
  }

  ungather(): void {
    this.gathered = undefined;
    this.changed();
  }

  /** Forgets what was loaded, and asks again; the service says what is still the same. */
  refresh(): void {
    this.answers.clear();
    this.refreshes++;
    this.changed();
  }

  /** Asks again what failed; what is on its way goes on. */
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

  /** The unit whose figures the panel shows: that clicked on, else the home. */
  get unit(): string {
    const [what, code] = this.view.selected.split('/');
    return what === 'unit' && code ? `${code}@${this.unitsOn}` : this.view.home;
  }

  isOn(layer: string): boolean {
    return this.view.on?.includes(layer) ?? false;
  }

  /** Whether an answer is still on its way. */
  get busy(): boolean {
    return !this.described || this.answers.busy;
  }

  /** Tells the parts, once for all that changes in a moment. */
  private changed(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      this.tell();
    });
  }
}
