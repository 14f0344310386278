/** The view as the page's address states it: a link shows another person the same view. */
import type { Classing } from '../colour/classes';
import type { Language } from '../texts';

export type Tab = 'figures' | 'layers' | 'table';

export interface View {
  language: Language;
  tab: Tab;
  /** The unit and the day on which it is read: `405@2023-09-20`. */
  home: string;
  asOf: string;
  /** Empty: no comparison. */
  compare: string;
  /** The ids of the layers shown; undefined until the first choice. */
  on: string[] | undefined;
  /** How opaque layers are, from 0.1 to 1; of those that are not wholly so. */
  opacity: Record<string, number>;
  /** The chosen values, by layer and field. */
  filters: Record<string, Record<string, string[]>>;
  /** The property that shades the communes; empty for none, undefined until the first choice. */
  shade: string | undefined;
  classing: Classing;
  /** `layer/id` of a record, or `unit/code`. */
  selected: string;
  /** The figure whose rows are listed: `camera_eyes`, `camera_eyes_by_manager:district_police`. */
  rows: string;
  /** Zoom, latitude, longitude. */
  place: [number, number, number] | undefined;
}

/** Today in Vietnam. */
export function today(): string {
  return new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
}

/** The first view: the home on its own day, compared with the end of the year before. */
export function firstView(home: string, today: string): View {
  const day = home.split('@')[1] ?? '';
  const asOf = isDay(day) ? day : today;
  return {
    language: 'vi',
    tab: 'figures',
    home,
    asOf,
    compare: `${Number(asOf.slice(0, 4)) - 1}-12-31`,
    on: undefined,
    opacity: {},
    filters: {},
    shade: undefined,
    classing: 'quantile',
    selected: '',
    rows: '',
    place: undefined,
  };
}

export function read(search: string, first: View): View {
  const given = new URLSearchParams(search);
  const home = given.get('unit') ?? first.home;
  const view: View = { ...(home === first.home ? first : firstView(home, first.asOf)), filters: {} };
  if (given.get('lang') === 'en') view.language = 'en';
  const tab = given.get('tab');
  if (tab === 'layers' || tab === 'table') view.tab = tab;
  const asOf = given.get('as_of');
  if (asOf && isDay(asOf)) view.asOf = asOf;
  const compare = given.get('compare');
  if (compare !== null && (compare === '' || isDay(compare))) view.compare = compare;
  const on = given.get('layers');
  if (on !== null) view.on = on.split(',').filter(Boolean);
  view.opacity = opacityOf(given.get('opacity') ?? '');
  view.shade = given.get('shade') ?? undefined;
  const classing = given.get('classes');
  if (classing === 'equal' || classing === 'jenks') view.classing = classing;
  view.selected = given.get('selected') ?? '';
  view.rows = given.get('rows') ?? '';
  const place = given.get('at')?.split('/').map(Number);
  if (place?.length === 3 && place.every(Number.isFinite)) view.place = onEarth(place as [number, number, number]);
  view.filters = filtersOf(given);
  return view;
}

/**
 * `layer.field=value,value`. The names come from the address and become properties of new objects only:
 * `__proto__.x=y` must not reach the object that all others inherit from.
 */
function filtersOf(given: URLSearchParams): View['filters'] {
  const layers = new Map<string, Map<string, string[]>>();
  for (const [name, values] of given) {
    const [, layer, field] = /^([a-z][\w-]*)\.([a-z]\w*)$/i.exec(name) ?? [];
    if (!layer || !field) continue;
    const fields = layers.get(layer) ?? new Map<string, string[]>();
    layers.set(layer, fields.set(field, values.split(',').filter(Boolean)));
  }
  return Object.fromEntries([...layers].map(([layer, fields]) => [layer, Object.fromEntries(fields)]));
}

/** `layer:0.5,layer:0.2` */
function opacityOf(text: string): View['opacity'] {
  const parts = text.split(',').map((part) => /^([a-z][\w-]*):(0\.\d+)$/i.exec(part));
  return Object.fromEntries(parts.filter((part) => part !== null).map(([, layer, value]) => [layer!, Math.max(0.1, Number(value))]));
}

/** The place, if a map can show it: MapLibre accepts no latitude beyond the poles. */
function onEarth([zoom, latitude, longitude]: [number, number, number]): View['place'] {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [zoom, latitude, longitude] : undefined;
}

/** The view as an address, without the values that are the default. */
export function write(view: View, first: View): string {
  const parts: [string, string][] = [];
  const say = (name: string, value: string, usual: string) => value !== usual && parts.push([name, value]);
  say('lang', view.language, 'vi');
  say('unit', view.home, first.home);
  say('as_of', view.asOf, first.asOf);
  say('compare', view.compare, first.compare);
  say('tab', view.tab, 'figures');
  if (view.on) parts.push(['layers', view.on.join(',')]);
  say(
    'opacity',
    Object.entries(view.opacity)
      .map((pair) => pair.join(':'))
      .join(','),
    '',
  );
  if (view.shade !== undefined) parts.push(['shade', view.shade]);
  say('classes', view.classing, 'quantile');
  say('selected', view.selected, '');
  say('rows', view.rows, '');
  for (const [layer, fields] of Object.entries(view.filters)) {
    for (const [field, values] of Object.entries(fields)) if (values.length) parts.push([`${layer}.${field}`, values.join(',')]);
  }
  if (view.place) parts.push(['at', view.place.join('/')]);
  const plain = (text: string) => encodeURIComponent(text).replace(/%(40|2C|2F|3A)/g, decodeURIComponent);
  return parts.length ? `?${parts.map(([name, value]) => `${name}=${plain(value)}`).join('&')}` : '';
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
