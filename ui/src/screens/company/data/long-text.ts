// A record may be megabytes long: what is drawn of it is not.
import { count, oneDigit } from '../../../lib/format';

/** So many characters are drawn. */
export const MAX_LENGTH = 200_000;

/** The part of a text that is drawn, and a note about the rest. */
export function shorten(text: string): { text: string; left: string | null } {
  if (text.length <= MAX_LENGTH) return { text, left: null };
  const megabytes = oneDigit(text.length / 1_000_000);
  return {
    text: `${text.slice(0, MAX_LENGTH)}…`,
    left: `The first ${count(MAX_LENGTH)} of ${megabytes} million characters. Copy includes all of them.`,
  };
}
