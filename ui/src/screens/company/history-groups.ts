// Reads that one refresh requested, as one group. Codat doesn’t say which reads belong together: they start close to
// each other.
import { plural } from '../../lib/format';
import type { ColorName, HistoryRow, RowPhase } from '../../lib/wire';
import { phaseColor } from './history-text';

/** Two reads that start within this time of each other belong to one refresh, in milliseconds. */
export const GAP = 2 * 60_000;

/** So many reads of a group had this outcome. */
export interface Outcome {
  phase: RowPhase;
  color: ColorName;
  count: number;
  /** "38 complete". */
  text: string;
}

/** The reads, newest first, in runs of neighbors that started close together. */
export function groupReads(reads: readonly HistoryRow[]): HistoryRow[][] {
  const groups: HistoryRow[][] = [];
  let previous: HistoryRow | undefined;
  for (const read of reads) {
    const isClose = previous !== undefined && Math.abs(previous.requested - read.requested) <= GAP;
    if (isClose) groups.at(-1)?.push(read);
    else groups.push([read]);
    previous = read;
  }
  return groups;
}

/** How the reads of a group ended: complete, failed, running, and the rest by their own words. */
export function outcomesOf(reads: readonly HistoryRow[]): Outcome[] {
  const order: RowPhase[] = ['done', 'failed', 'running', 'neutral', 'unrecognized'];
  return order.flatMap((phase) => {
    const counts = new Map<string, number>();
    for (const read of reads) {
      if (read.phase === phase) counts.set(wordOf(read), (counts.get(wordOf(read)) ?? 0) + 1);
    }
    const color = phaseColor(phase);
    return [...counts].map(([word, count]) => ({ phase, color, count, text: `${count} ${word}` }));
  });
}

/** "38 complete, 1 failed". */
export function outcomeText(reads: readonly HistoryRow[]): string {
  return outcomesOf(reads)
    .map(({ text }) => text)
    .join(', ');
}

/** The reads in the order of an open group: failures first, then what runs. */
export function failuresFirst(reads: readonly HistoryRow[]): HistoryRow[] {
  const rank = ({ phase }: HistoryRow) => ['failed', 'running', 'unrecognized'].indexOf(phase);
  const place = (read: HistoryRow) => (rank(read) < 0 ? 3 : rank(read));
  return reads.toSorted((one, other) => place(one) - place(other));
}

/** From the first request to the last end, in milliseconds; `null` while a read runs or where no end is known. */
export function timeTaken(reads: readonly HistoryRow[]): number | null {
  const ends = reads.flatMap(({ requested, took }) => (took === null ? [] : [requested + took]));
  if (ends.length === 0 || reads.some(({ phase }) => phase === 'running')) return null;
  return Math.max(...ends) - startOf(reads);
}

/** When the first of the reads was requested. */
export function startOf(reads: readonly HistoryRow[]): number {
  return reads.reduce((first, { requested }) => Math.min(first, requested), Number.POSITIVE_INFINITY);
}

/** "39 data types"; "11 data types, 39 reads" where some were read from several connections. */
export function sizeText(reads: readonly HistoryRow[]): string {
  const types = new Set(reads.map(({ dataType }) => dataType)).size;
  const text = plural(types, 'data type', 'data types');
  return types === reads.length ? text : `${text}, ${plural(reads.length, 'read', 'reads')}`;
}

function wordOf({ phase, word }: HistoryRow): string {
  switch (phase) {
    case 'done':
      return 'complete';
    case 'failed':
      return 'failed';
    case 'running':
      return 'running';
    case 'neutral':
    case 'unrecognized':
      return word.toLowerCase();
  }
}
