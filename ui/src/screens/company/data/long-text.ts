// A record may be megabytes long: what is drawn of it is not.
import { count } from '../../../lib/format';

/** So many characters are drawn. */
export const MOST = 200_000;

/** The part of a text that is drawn, and what is said of the rest. */
export function shorten(text: string): { text: string; left: string | null } {
  if (text.length <= MOST) return { text, left: null };
  const megabytes = (text.length / 1_000_000).toFixed(1);
  return {
    text: `${text.slice(0, MOST)}…`,
    left: `The first ${count(MOST)} of ${megabytes} million characters. Copy takes all of them.`,
  };
}
