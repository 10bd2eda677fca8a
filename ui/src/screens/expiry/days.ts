// The days of the skyline: their edges in local time, and where their bars stand. Pure.
import type { Ending } from '../../lib/wire';

/** Days that are looked ahead. */
export const DAYS = 120;
/** An expiry within this many days is near. */
export const NEAR_DAYS = 14;

/** The starts of the next days from today on, and the end of the last, in local time. */
export function edgesFrom(now: number, days = DAYS): number[] {
  const today = new Date(now);
  return Array.from({ length: days + 1 }, (_, day) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + day).getTime(),
  );
}

/** Both kinds together. */
export function sum(ending: Ending): number {
  return ending.idle + ending.consent;
}

/** Days in a row, by their places; the last is among them. */
export interface Range {
  from: number;
  to: number;
}

/** The days from one to another, whichever comes first. */
export function rangeBetween(one: number, other: number): Range {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

/** The top of the scale: the next round number, and at least four. */
export function scaleTop(days: readonly Ending[]): number {
  const most = Math.max(4, ...days.map(sum));
  const unit = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 5, 10].find((factor) => factor * unit >= most) ?? 10;
  return step * unit;
}

/** Places of the days that have a label beneath: the first of each month, not too near the edges. */
export function labeledDays(edges: readonly number[]): number[] {
  const days = edges.length - 1;
  const firsts: number[] = [];
  for (let day = 0; day < days; day += 1) {
    const isFirst = new Date(edges[day] ?? 0).getDate() === 1;
    if (isFirst && day >= 7 && day < days - 3) firsts.push(day);
  }
  return [0, ...firsts];
}
