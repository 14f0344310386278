/** Texts of a page of the console, which are loaded with the page. A test checks both languages and that none is unused. */
import { fill, language } from './index';

export type Say<Key extends string> = (key: Key, values?: Record<string, string | number>) => string;

export function texts<Key extends string>(vi: Record<Key, string>, en: Record<Key, string>): Say<Key> {
  return (key, values = {}) => fill((language() === 'vi' ? vi : en)[key], values);
}
