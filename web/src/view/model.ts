/** What the page knows: the view, and what was loaded for it. Parts and map follow its changes. */
import { definitions, figuresOf, shapes, unassigned, type Definition, type Figure, type UnitFigures, type UnitShape } from '../api/figures';
import { get } from '../api/get';
import { items, type Item, type Items } from '../api/items';
import { layers, type Layer } from '../api/layers';
import { legendColours } from '../colour/palette';
import { speak } from '../texts';
import { firstView, read, today, write, type View } from './address';
import { itemsAddress, rowsAddress } from './addresses';
import { codeOf } from './property';

export interface Settings {
  home: string;
  basemap: string | null;
  basemap_style: string | null;
  attribution: string | null;
}

/** What an address answered; kept, so that going back shows it at once. */
interface Answer {
  value?: unknown;
  error?: Error;
}

export class Model extends EventTarget {
  settings!: Settings;
  /** Whether layers and definitions are known, without which nothing has a name. */
  described = false;
  layers: Layer[] = [];
  definitions: Definition[] = [];
  colours = new Map<string, Map<string, string>>();
  view!: View;
  first!: View;
  private answers = new Map<string, Answer>();

  /** Reads what does not change: settings, layers, definitions. The figures are asked for meanwhile: they take longest. */
  async start(): Promise<void> {
    const described = Promise.all([layers(), definitions()]);
    described.catch(() => undefined); // heard of below
    this.settings = await get<Settings>('/config.json');
    this.first = firstView(this.settings.home, today());
    this.view = read(location.search, this.first);
    speak(this.view.language);
    this.figures();
    this.changed();
    [this.layers, this.definitions] = await described;
    this.colours = legendColours(this.layers);
    this.described = true;
    this.choose();
    addEventListener('popstate', () => this.change(read(location.search, this.first), false));
    this.changed();
  }

  /** What is shown while nobody chose: the first two layers of points with a legend, the first figure. */
  private choose(): void {
    if (!this.described) return;
    this.view.on ??= this.layers.filter(({ legend, geometry }) => legend && geometry === 'point').slice(0, 2).map(({ id }) => id);
    this.view.shade ??= this.definitions.find(({ headline }) => headline)?.code ?? '';
  }

  change(part: Partial<View>, remember = true): void {
    const { language } = this.view;
    Object.assign(this.view, part);
    this.choose();
    if (this.view.language !== language) {
      speak(this.view.language);
      this.answers.clear();
    }
    if (remember) history.replaceState(null, '', (write(this.view, this.first) || location.pathname) + location.hash);
    this.changed();
  }

  /** Forgets what was loaded, and asks again; the service says what is still the same. */
  refresh(): void {
    this.answers.clear();
    this.changed();
  }

  retry(): void {
    for (const [key, { error }] of this.answers) if (error) this.answers.delete(key);
    this.changed();
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

  figures(unit = this.unit): { value?: UnitFigures; error?: Error } {
    return this.ask(`figures ${unit} ${this.view.asOf} ${this.view.compare}`, () => figuresOf(unit, this.view));
  }

  /** The communes with the headlines and with the figure that shades them. */
  shapes(): { value?: UnitShape[]; error?: Error } {
    if (!this.described) return {};
    const { home, asOf, compare } = this.view;
    const codes = this.shownCodes();
    return this.ask(`shapes ${home} ${asOf} ${compare} ${codes.join()}`, () => shapes(home, this.view, codes));
  }

  /** The same figures of what lies in no commune. */
  unassigned(): { value?: Record<string, Figure>; error?: Error } {
    const { home, asOf, compare } = this.view;
    const codes = this.shownCodes();
    return this.ask(`unassigned ${home} ${asOf} ${compare} ${codes.join()}`, () => unassigned(home, this.view, codes));
  }

  private shownCodes(): string[] {
    const wanted = this.definitions.filter(({ headline }) => headline).map(({ code }) => code);
    const shade = codeOf(this.view.shade ?? '', this.definitions);
    return shade && !wanted.includes(shade) ? [...wanted, shade] : wanted;
  }

  items(layer: Layer): { value?: Items; error?: Error } {
    const address = itemsAddress(this, layer);
    return this.ask(address, () => items(address));
  }

  /** The rows behind the figure chosen, with their layer. */
  rows(): { value?: Items; error?: Error; layer?: Layer } {
    const found = rowsAddress(this);
    return found ? { ...this.ask(found.address, () => items(found.address)), layer: found.layer } : {};
  }

  /** The record chosen, as it is on the map or in the list, else as it is today. */
  record(): { value?: Item; error?: Error; layer?: Layer } {
    const [id, number] = this.view.selected.split('/');
    const layer = this.layers.find((layer) => layer.id === id);
    if (!layer) return {};
    const rows = this.rows();
    const near = [rows.layer === layer ? rows.value : undefined, this.isOn(id!) ? this.items(layer).value : undefined];
    const known = near.flatMap((items) => items?.features ?? []).find((item) => String(item.id) === number);
    if (known) return { value: known, layer };
    return { ...this.ask(`record ${this.view.selected}`, () => get<Item>(`/api/v1/collections/${id}/items/${number}`)), layer };
  }

  /** What is known of a question, asking it if need be. */
  ask<T>(key: string, load: () => Promise<T>): { value?: T; error?: Error } {
    const known = this.answers.get(key);
    if (known) return known as { value?: T; error?: Error };
    const answer: Answer = {};
    this.answers.set(key, answer);
    load()
      .then((value) => (answer.value = value))
      .catch((error: unknown) => (answer.error = error instanceof Error ? error : new Error(String(error))))
      .finally(() => this.changed());
    return answer as { value?: T; error?: Error };
  }

  /** Whether an answer is still on its way. */
  get busy(): boolean {
    return !this.described || [...this.answers.values()].some(({ value, error }) => value === undefined && error === undefined);
  }

  private announced = false;

  /** Tells the parts, once for all that changes in a moment. */
  private changed(): void {
    if (this.announced) return;
    this.announced = true;
    queueMicrotask(() => {
      this.announced = false;
      this.dispatchEvent(new Event('change'));
    });
  }
}

export const model = new Model();
