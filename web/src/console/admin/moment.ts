/** An instant as people in Vietnam read it: `28/11/2026 16:17`. */
import { day } from '../../texts';

export function moment(text: string): string {
  const local = new Date(Date.parse(text) + 7 * 3600e3).toISOString();
  return `${day(local)} ${local.slice(11, 16)}`;
}
