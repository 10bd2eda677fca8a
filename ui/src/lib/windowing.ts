// Which rows of a long list are drawn, and where. Pure arithmetic, in pixels and row numbers.

/** Engines clamp an element at 33,554,432 px: a longer list is drawn on a shorter rail. */
export const LONGEST_RAIL = 30_000_000;

/** Rows drawn above and below what is seen. */
export const OVERSCAN = 6;

/** Rows of a page, where a list does not say otherwise. */
export const PAGE = 200;

/** The measures of a list. */
export interface Measures {
  /** Rows there are. */
  rows: number;
  /** The height of one. */
  rowHeight: number;
  /** The height of the part that shows rows. */
  height: number;
}

/** Rows from `first` up to, not including, `end`. */
export interface Span {
  first: number;
  end: number;
}

/** The height of the rail that is scrolled. */
export function railHeight(measures: Measures): number {
  return Math.min(measures.rows * measures.rowHeight, LONGEST_RAIL);
}

/** How far the list itself is scrolled when the rail is scrolled to `railTop`. */
export function listTop(railTop: number, measures: Measures): number {
  const slack = railSlack(measures);
  const top = Math.max(0, Math.min(railTop, slack));
  return slack === 0 ? 0 : (top / slack) * listSlack(measures);
}

/** Where the rail stands when the list is scrolled to `top`. */
export function railTop(top: number, measures: Measures): number {
  const slack = listSlack(measures);
  const inside = Math.max(0, Math.min(top, slack));
  return slack === 0 ? 0 : (inside / slack) * railSlack(measures);
}

/** Whether the rail is shorter than the list. */
export function isScaled(measures: Measures): boolean {
  return measures.rows * measures.rowHeight > LONGEST_RAIL;
}

/** The rows that are seen, at least in part. */
export function seen(top: number, measures: Measures): Span {
  const first = Math.floor(top / measures.rowHeight);
  const end = Math.ceil((top + measures.height) / measures.rowHeight);
  return clamp({ first, end }, measures.rows);
}

/** The rows that are drawn. */
export function drawn(top: number, measures: Measures): Span {
  const { first, end } = seen(top, measures);
  return clamp({ first: first - OVERSCAN, end: end + OVERSCAN }, measures.rows);
}

/** Where a row is drawn on the rail. */
export function rowTop(index: number, rail: number, top: number, measures: Measures): number {
  const inList = index * measures.rowHeight;
  return isScaled(measures) ? rail + (inList - top) : inList;
}

/** How far the list must be scrolled so that a row is seen whole; as it is where it already is. */
export function reveal(index: number, top: number, measures: Measures): number {
  const start = index * measures.rowHeight;
  const end = start + measures.rowHeight;
  if (start < top) return start;
  if (end > top + measures.height) return Math.max(0, end - measures.height);
  return top;
}

/** The pages that hold these rows, and one ahead each way, nearest first. Pages are numbered from 0. */
export function pagesAround(span: Span, rows: number, pageSize = PAGE): number[] {
  if (rows === 0) return [];
  const last = Math.floor((rows - 1) / pageSize);
  const from = Math.floor(span.first / pageSize);
  const to = Math.floor(Math.max(span.first, span.end - 1) / pageSize);
  const pages: number[] = [];
  for (let page = from; page <= to; page += 1) pages.push(page);
  pages.push(to + 1, from - 1);
  return pages.filter((page) => page >= 0 && page <= last);
}

function railSlack(measures: Measures): number {
  return Math.max(0, railHeight(measures) - measures.height);
}

function listSlack(measures: Measures): number {
  return Math.max(0, measures.rows * measures.rowHeight - measures.height);
}

function clamp(span: Span, rows: number): Span {
  const first = Math.max(0, Math.min(span.first, rows));
  return { first, end: Math.max(first, Math.min(span.end, rows)) };
}
