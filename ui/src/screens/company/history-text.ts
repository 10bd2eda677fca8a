// Reads and writes of a history, in words and shapes.
import { TEXT } from '../../lib/text';
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

/** The label of the button that helps; `null` if nothing does. */
export function remedyText(remedy: Remedy): string | null {
  switch (remedy) {
    case 'refreshType':
      return TEXT.refresh;
    case 'refreshAll':
      return TEXT.refreshData;
    case 'link':
      return TEXT.copyReconnectLink;
    case 'nothing':
      return null;
  }
}

/** The line below a status: the server's message, or an explanation. */
export function rowReason(row: HistoryRow): string | null {
  if (row.phase === 'unrecognized') return 'This version doesn’t know this status yet';
  return row.message ?? row.advice ?? row.notes[0] ?? null;
}
