// What a row says of the companies beneath it that are not on screen.
import { count } from '../../lib/format';
import { COLOUR_WORDS } from '../../lib/text';
import type { ColourName, Counts } from '../../lib/wire';

/** Colours of which a parent's row tells, worst first. */
const TOLD = ['red', 'grey', 'purple'] as const satisfies readonly ColourName[];

/** The worst colour among subsidiaries and how many have it, such as "1 of 3 broken"; nothing where all is well. */
export function worstStatus(counts: Counts): { colour: ColourName; text: string } | null {
  const colour = TOLD.find((one) => counts[one] > 0);
  if (colour === undefined) return null;
  const all = counts.red + counts.grey + counts.purple + counts.green + counts.none;
  return { colour, text: `${count(counts[colour])} of ${count(all)} ${COLOUR_WORDS[colour].toLowerCase()}` };
}
