// The summary of collapsed subsidiaries in their parent's row.
import { count } from '../../lib/format';
import { COLOR_WORDS } from '../../lib/text';
import type { ColorName, Counts } from '../../lib/wire';

/** The colors that a parent's row shows, worst first. */
const TOLD = ['red', 'grey', 'purple'] as const satisfies readonly ColorName[];

/** The worst color among subsidiaries and how many have it, such as "1 of 3 broken"; nothing where all is well. */
export function worstStatus(counts: Counts): { color: ColorName; text: string } | null {
  const color = TOLD.find((one) => counts[one] > 0);
  if (color === undefined) return null;
  const all = counts.red + counts.grey + counts.purple + counts.green + counts.none;
  return { color, text: `${count(counts[color])} of ${count(all)} ${COLOR_WORDS[color].toLowerCase()}` };
}
