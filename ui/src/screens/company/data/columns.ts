// Which columns of a type are shown, and how wide each is.
import type { ColumnView } from '../../../lib/wire';

const KEY = 'records-columns';
/** What a figure, and what a text, needs in pixels. */
const [FIGURE, TEXT, FLAG] = [120, 136, 104];

/** A column in its place. */
export interface Placed {
  /** Its place in a record's cells. */
  index: number;
  column: ColumnView;
  width: number;
}

/** The columns that are shown, in their order. */
export function placed(columns: readonly ColumnView[], hidden: ReadonlySet<string>): Placed[] {
  return columns
    .map((column, index) => ({ index, column, width: widthOf(column) }))
    .filter(({ column }) => isShown(column, hidden));
}

/** Whether a column is shown: as it is by itself, unless somebody chose otherwise. */
export function isShown(column: ColumnView, changed: ReadonlySet<string>): boolean {
  return column.shown !== changed.has(column.label);
}

/** The columns of a type that somebody shows or hides other than they are by themselves. */
export function changedOf(dataType: string): Set<string> {
  return new Set(read()[dataType] ?? []);
}

/** Remembers them on this computer. */
export function remember(dataType: string, changed: ReadonlySet<string>): void {
  const all = { ...read(), [dataType]: [...changed] };
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // A page that may not keep anything shows the columns as they are.
  }
}

function widthOf(column: ColumnView): number {
  if (column.numeric) return FIGURE;
  return column.choices.length > 0 ? FLAG : TEXT;
}

function read(): Record<string, string[]> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, string[]>) : {};
  } catch {
    return {};
  }
}
