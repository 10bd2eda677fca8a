// What a row says of the companies beneath it that are not on screen.
import { count } from '../../lib/format';
import { COLOR_WORDS } from '../../lib/text';
import type { ColorName, Counts } from '../../lib/wire';

/** Colors of which a parent's row tells, worst first. */
const TOLD = ['red', 'grey', 'purple'] as const satisfies readonly ColorName[];

/** The worst color among subsidiaries and how many have it, such as "1 of 3 broken"; nothing where all is well. */
export function worstStatus(counts: Counts): { color: ColorName; text: string } | null {
  const color = TOLD.find((one) => counts[one] > 0);
  if (color === undefined) return null;
  const all = counts.red + counts.grey + counts.purple + counts.green + counts.none;
  return { color, text: `${count(counts[color])} of ${count(all)} ${COLOR_WORDS[color].toLowerCase()}` };
}
