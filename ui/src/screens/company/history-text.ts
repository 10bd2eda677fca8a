// Reads and writes of a history, in words and shapes.
import type { ColorName, HistoryRow, Remedy, RowPhase } from '../../lib/wire';

/** The shape of what a status means. */
export function phaseColor(phase: RowPhase): ColorName {
  switch (phase) {
    case 'running':
      return 'purple';
    case 'done':
      return 'green';
    case 'failed':
      return 'red';
    case 'neutral':
      return 'grey';
    case 'unrecognized':
      return 'none';
  }
}

/** What helps, as a button says it; nothing where nothing does. */
export function remedyText(remedy: Remedy): string | null {
  switch (remedy) {
    case 'refreshType':
      return 'Read again';
    case 'refreshAll':
      return 'Refresh data';
    case 'link':
      return 'Copy Link URL';
    case 'nothing':
      return null;
  }
}

/** The one line beneath a status: what was said, or what it means. */
export function rowReason(row: HistoryRow): string | null {
  if (row.phase === 'unrecognized') return 'A status that this version does not know yet';
  return row.message ?? row.advice ?? row.notes[0] ?? null;
}
