// The weeks of the strip, counted from today in local time, and the lists that they make up. Pure.
import type { Ending, Skyline } from '../../lib/wire';

/** Weeks that are shown ahead. */
export const WEEKS = 17;
/** A fortnight. */
export const NEAR_WEEKS = 2;
const DAYS_A_WEEK = 7;

/** The lists of connections: by when they may expire. */
export type Group = 'soon' | 'later' | 'unknown';

/** The starts of the next weeks, of which the first begins today, and the end of the last, in local time. */
export function weekEdges(now: number, weeks = WEEKS): number[] {
  const today = new Date(now);
  return Array.from({ length: weeks + 1 }, (_, week) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + week * DAYS_A_WEEK).getTime(),
  );
}

/** Both kinds together. */
export function sum(ending: Ending): number {
  return ending.idle + ending.consent;
}

/** Several weeks together. */
function together(endings: readonly Ending[]): Ending {
  return {
    idle: endings.reduce((total, one) => total + one.idle, 0),
    consent: endings.reduce((total, one) => total + one.consent, 0),
  };
}

/** The columns of the strip: one for each week, and one for everything after the last. */
export function columnsOf({ days, later }: Skyline): Ending[] {
  return [...days, later];
}

/** How many connections with a date a list has, by kind. */
export function endingOf(skyline: Skyline, group: Group): Ending {
  if (group === 'unknown') return skyline.overdue;
  const columns = columnsOf(skyline);
  return together(group === 'soon' ? columns.slice(0, NEAR_WEEKS) : columns.slice(NEAR_WEEKS));
}

/** How many linked connections have no date. */
export function undatedOf({ unknown }: Skyline): number {
  return unknown.reduce((total, one) => total + one.connections, 0);
}

/** The shade of a cell, 0 (nothing) to 4 (the most), on a logarithmic scale so that one peak doesn't flatten the rest. */
export function shadeOf(connections: number, most: number): number {
  if (connections <= 0) return 0;
  return Math.max(1, Math.ceil((4 * Math.log1p(connections)) / Math.log1p(Math.max(most, connections))));
}
