// Which columns of a type are shown, and how wide each is.
import type { ColumnView, Preferences } from '../../../lib/wire';

/** What a figure, and what a text, needs in pixels. */
const [FIGURE, TEXT, FLAG] = [120, 136, 104];

/** By data type, the columns that somebody shows or hides other than they are by themselves. */
export type Changed = Preferences['recordColumns'];

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

/** What is kept of all types once a column of this one is shown, or hidden, other than it was. */
export function toggled(kept: Changed, dataType: string, label: string): Changed {
  const changed = new Set(kept[dataType] ?? []);
  if (!changed.delete(label)) changed.add(label);
  const others = Object.entries(kept).filter(([key]) => key !== dataType);
  return Object.fromEntries(changed.size === 0 ? others : [...others, [dataType, [...changed]]]);
}

function widthOf(column: ColumnView): number {
  if (column.numeric) return FIGURE;
  return column.choices.length > 0 ? FLAG : TEXT;
}
