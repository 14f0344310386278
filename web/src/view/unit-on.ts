/** Which unit to show on another day. */
import { COUNTRY } from '../api/figures';
import { get, query } from '../api/get';
import type { Answer } from '../api/schemas';

type Version = Pick<Answer<'/units/{unit}'>, 'valid_to' | 'parent' | 'successors'>;

/**
 * The unit that `named` (`code@date`) is on a later day: the same while it lasts, otherwise the one that it became as a whole; the unit
 * above it where it was divided, or where nothing is known. A later unit with its code is another one. Undefined if all of them ended.
 */
export async function unitOn(day: string, named: string, load = get): Promise<string | undefined> {
  const [code = ''] = named.split('@');
  if (code === COUNTRY) return `${COUNTRY}@${day}`;
  const { valid_to, parent, successors } = await load<Version>(query(`/units/${named}`, {}));
  if (!valid_to || valid_to >= day) return `${code}@${day}`;
  const [heir, ...others] = successors;
  if (heir?.part === 'full' && !others.length) return unitOn(day, `${heir.code}@${heir.valid_from}`, load);
  return parent ? unitOn(day, `${parent.code}@${valid_to}`, load) : undefined;
}
