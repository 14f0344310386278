/** The language of the page: texts, numbers, dates. Vietnamese, unless the reader chose English. */
import { en } from './en';
import { vi, type Key } from './vi';

export type Language = 'vi' | 'en';
/** A text in both languages, as the API gives it. */
export interface Label {
  vi: string;
  en: string;
}

let current: Language = 'vi';

export function language(): Language {
  return current;
}

export function speak(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  document.title = t('title');
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill((current === 'vi' ? vi : en)[key], values);
}

/** Fills the gaps of a text, such as `{n}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text of a key that the API supplied, such as a unit of measure. If there is no such text: `otherwise`. */
export function tOr(key: string, otherwise: string, values: Record<string, string | number> = {}): string {
  return Object.hasOwn(vi, key) ? t(key as Key, values) : otherwise;
}

export function pick(label: Label): string {
  return label[current] || label.vi;
}

export function number(value: number, digits = 1): string {
  return new Intl.NumberFormat(current, { maximumFractionDigits: digits }).format(value);
}

export function signed(value: number): string {
  return new Intl.NumberFormat(current, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(value);
}

/** A title within a sentence: `Trạm BTS` becomes `trạm BTS`, `BTS stations` stays. */
export function within(title: string): string {
  return /^\p{Lu}\p{Lu}/u.test(title) ? title : title.charAt(0).toLocaleLowerCase(current) + title.slice(1);
}

/** `2023-09-20` as people write it. */
export function day(date: string): string {
  const [year, month, dayOfMonth] = date.slice(0, 10).split('-');
  return current === 'vi'
    ? `${Number(dayOfMonth)}/${Number(month)}/${year}`
    : new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(date.slice(0, 10)));
}

export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase();
}
