// The columns of the list: what there is, and how wide each is in the room there is. Pure arithmetic.
import type { ColumnChoice, SortColumn } from '../../lib/wire';

/** One column. */
export interface Column {
  key: SortColumn;
  title: string;
  /** It is no narrower than this unless the person makes it so, in pixels. */
  least: number;
  /** It gives way to this where then all columns fit and nothing is scrolled sideways. */
  floor: number;
  /** Its part of the room that is left; 0 keeps it as it is. */
  share: number;
  /** Numbers and ages are compared, so they stand at the right. */
  right: boolean;
  /** Shown before anyone chose. */
  standard: boolean;
}

/** Between two columns. */
export const GAP = 16;

/** Left of the names: the boxes of the selection, and what opens a parent, stand there. */
export const GUTTER = 64;

/** Left and right of all columns. */
export const EDGES = GUTTER + 24;

/** The buttons at the end of a row. */
export const BUTTONS = 92;

/** No column is made narrower by hand. */
export const NARROWEST = 56;

/** No column is made wider by hand. */
export const WIDEST = 900;

/** All columns, in their standard order. */
export const COLUMNS: readonly Column[] = [
  column('name', 'Name', { least: 220, floor: 150, share: 1, standard: true }),
  column('id', 'ID', { least: 76, standard: true }),
  column('createdBy', 'Created by', { least: 84, share: 0.3, standard: true }),
  column('created', 'Created', { least: 132, standard: true }),
  column('lastRead', 'Last refresh', { least: 104, floor: 96, right: true, standard: true }),
  column('connections', 'Connections', { least: 304, floor: 176, share: 2.6, standard: true }),
  column('status', 'Status', { least: 104 }),
  column('expires', 'May expire', { least: 88, right: true }),
  column('products', 'Products', { least: 120, share: 0.5 }),
  column('tags', 'Tags', { least: 140, share: 0.7 }),
  column('description', 'Description', { least: 160, share: 1 }),
];

const BY_KEY = new Map<string, Column>(COLUMNS.map((one) => [one.key, one]));

/** A column in its place. */
export interface PlacedColumn {
  column: Column;
  width: number;
}

/** What the person chose, made whole: unknown columns are left out, missing ones come last, the name is first. */
export function completeChoices(choices: readonly ColumnChoice[]): ColumnChoice[] {
  const known = choices.filter(
    (choice, at) => BY_KEY.has(choice.key) && choices.findIndex((other) => other.key === choice.key) === at,
  );
  const missing = COLUMNS.filter((one) => !known.some((choice) => choice.key === one.key));
  const added = missing.map((one) => ({ key: one.key, width: null, shown: one.standard }));
  const [name, others] = [[] as ColumnChoice[], [] as ColumnChoice[]];
  for (const choice of [...known, ...added]) (choice.key === 'name' ? name : others).push(choice);
  return [...name.map((choice) => ({ ...choice, shown: true })), ...others];
}

/** The columns as nobody has changed them. */
export function standardChoices(): ColumnChoice[] {
  return completeChoices([]);
}

/**
 * Lays out the chosen columns. They fill `room` pixels; where there is too little, some give way; where that is not
 * enough, all are as wide as they should be and are scrolled sideways.
 */
export function layout(choices: readonly ColumnChoice[], room: number): PlacedColumn[] {
  const widths = new Map(choices.map((choice) => [choice.key, choice.width]));
  const shown = choices.filter((choice) => choice.shown).flatMap((choice) => BY_KEY.get(choice.key) ?? []);
  const short = needed(shown, widths) - room;
  if (short <= 0) return spread(shown, widths, room);
  const slack = shown.reduce((sum, one) => sum + columnSlack(one, widths), 0);
  return squeeze(shown, widths, short <= slack ? short / slack : 0);
}

/** Where a column begins, from the left edge of the first; the place behind the last is that of the buttons. */
export function columnLeft(placed: readonly PlacedColumn[], at: number): number {
  return placed.slice(0, at).reduce((sum, one) => sum + one.width + GAP, 0);
}

/** The choices with one column moved by a number of places among the shown ones. */
export function moveColumn(choices: readonly ColumnChoice[], key: SortColumn, by: number): ColumnChoice[] {
  const shown = choices.filter((choice) => choice.shown).map((choice) => choice.key);
  const target = shown[shown.indexOf(key) + by];
  return target === undefined ? [...choices] : moveTo(choices, key, target);
}

/** The choices with one column put where another one stands. */
export function moveTo(
  choices: readonly ColumnChoice[],
  key: SortColumn,
  target: SortColumn,
): ColumnChoice[] {
  const from = choices.findIndex((choice) => choice.key === key);
  const to = choices.findIndex((choice) => choice.key === target);
  const moved = choices[from];
  if (moved === undefined || to < 0) return [...choices];
  const others = choices.filter((choice) => choice.key !== key);
  return [...others.slice(0, to), moved, ...others.slice(to)];
}

/** The choices with one column made so wide; `null` gives it back its standard width. */
export function resizeColumn(
  choices: readonly ColumnChoice[],
  key: SortColumn,
  width: number | null,
): ColumnChoice[] {
  const within = width === null ? null : Math.round(Math.max(NARROWEST, Math.min(width, WIDEST)));
  return choices.map((choice) => (choice.key === key ? { ...choice, width: within } : choice));
}

function needed(columns: readonly Column[], widths: ReadonlyMap<string, number | null>): number {
  const sum = columns.reduce((total, column) => total + (widths.get(column.key) ?? column.least), 0);
  return sum + Math.max(0, columns.length - 1) * GAP;
}

/** Gives what is left to the columns that take a share and were not sized by hand. */
function spread(columns: Column[], widths: ReadonlyMap<string, number | null>, room: number): PlacedColumn[] {
  const left = Math.max(0, room - needed(columns, widths));
  const growing = columns.filter((column) => column.share > 0 && (widths.get(column.key) ?? null) === null);
  const shares = growing.reduce((total, column) => total + column.share, 0);
  return columns.map((column) => {
    const base = widths.get(column.key) ?? column.least;
    const extra = growing.includes(column) ? Math.floor((left * column.share) / shares) : 0;
    return { column, width: base + extra };
  });
}

/** Takes this part of what each may give. */
function squeeze(
  columns: Column[],
  widths: ReadonlyMap<string, number | null>,
  part: number,
): PlacedColumn[] {
  return columns.map((one) => ({
    column: one,
    width: widths.get(one.key) ?? one.least - Math.ceil(columnSlack(one, widths) * part),
  }));
}

/** How much a column may give way; one that was sized by hand does not. */
function columnSlack(one: Column, widths: ReadonlyMap<string, number | null>): number {
  return (widths.get(one.key) ?? null) === null ? one.least - one.floor : 0;
}

function column(key: SortColumn, title: string, rest: Partial<Column> & Pick<Column, 'least'>): Column {
  return { key, title, floor: rest.least, share: 0, right: false, standard: false, ...rest };
}
