// Reads and writes of a history, in words and shapes.
import type { ColourName, HistoryRow, Remedy, RowPhase } from '../../lib/wire';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The shape of what a status means. */
export function phaseColour(phase: RowPhase): ColourName {
  switch (phase) {
    case 'running':
      return 'purple';
    case 'done':
      return 'green';
    case 'failed':
      return 'red';
    case 'neutral':
      return 'grey';
    case 'unrecognised':
      return 'none';
  }
}

/** How long something took: "0.8 s", "41 s", "3 min 5 s", "2 h 10 min". */
export function durationText(took: number): string {
  if (took < 10 * SECOND) return `${(Math.max(0, took) / SECOND).toFixed(1)} s`;
  if (took < MINUTE) return `${Math.floor(took / SECOND)} s`;
  const [large, small, units] =
    took < HOUR
      ? [Math.floor(took / MINUTE), Math.floor((took % MINUTE) / SECOND), ['min', 's']]
      : [Math.floor(took / HOUR), Math.floor((took % HOUR) / MINUTE), ['h', 'min']];
  return small === 0 ? `${large} ${units[0]}` : `${large} ${units[0]} ${small} ${units[1]}`;
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
  if (row.phase === 'unrecognised') return 'A status that this version does not know yet';
  return row.message ?? row.advice ?? row.notes[0] ?? null;
}
