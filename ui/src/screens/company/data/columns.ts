// Which columns of a type are shown, and how wide each is.
import type { ColumnView, Preferences } from '../../../lib/wire';

/** What a figure, and what a text, needs in pixels. */
const [FIGURE, TEXT, FLAG] = [120, 136, 104];

/** By data type, the columns that the user shows or hides against their default. */
type ColumnChanges = Preferences['recordColumns'];

/** A column in its place. */
export interface PlacedColumn {
  /** Its place in a record's cells. */
  index: number;
  column: ColumnView;
  width: number;
}

/** The columns that are shown, in their order. */
export function placeColumns(columns: readonly ColumnView[], hidden: ReadonlySet<string>): PlacedColumn[] {
  return columns
    .map((column, index) => ({ index, column, width: columnWidth(column) }))
    .filter(({ column }) => isShown(column, hidden));
}

/** Whether a column is shown: the user's choice, else its default. */
export function isShown(column: ColumnView, changed: ReadonlySet<string>): boolean {
  return column.shown !== changed.has(column.label);
}

/** The changes of all types once a column of this one is shown, or hidden, other than it was. */
export function toggleColumn(current: ColumnChanges, dataType: string, label: string): ColumnChanges {
  const changed = new Set(current[dataType] ?? []);
  if (!changed.delete(label)) changed.add(label);
  const others = Object.entries(current).filter(([key]) => key !== dataType);
  return Object.fromEntries(changed.size === 0 ? others : [...others, [dataType, [...changed]]]);
}

function columnWidth(column: ColumnView): number {
  if (column.numeric) return FIGURE;
  return column.choices.length > 0 ? FLAG : TEXT;
}
