import { describe, expect, it } from 'vitest';
import type { Skyline } from '../../lib/wire';
import { WEEKS, columnsOf, endingOf, shadeOf, sum, undatedOf, weekEdges } from './weeks';

const NOON = new Date(2026, 10, 26, 12).getTime();
const day = (idle: number, consent = 0) => ({ idle, consent });
const SKYLINE: Skyline = {
  overdue: day(1, 1),
  days: [day(2), day(1, 3), day(5), day(0, 7)],
  later: day(4),
  unknown: [
    { integrationKey: 'aaaa', name: 'Stripe', connections: 7 },
    { integrationKey: 'bbbb', name: 'Square', connections: 2 },
  ],
};

describe('the weeks of the strip', () => {
  it('begin today at midnight and follow one another, also when the clocks change', () => {
    const edges = weekEdges(NOON);
    expect(edges).toHaveLength(WEEKS + 1);
    expect(edges[0]).toBe(new Date(2026, 10, 26).getTime());
    expect(edges.every((edge) => new Date(edge).getHours() === 0)).toBe(true);
    expect(new Set(edges.map((edge) => new Date(edge).getDay())).size).toBe(1);
  });

  it('are followed by a column for everything after them', () => {
    expect(columnsOf(SKYLINE)).toHaveLength(5);
    expect(columnsOf(SKYLINE).at(-1)).toEqual(day(4));
  });
});

describe('the lists', () => {
  it('are this fortnight, what comes later, and what passed its date', () => {
    expect(endingOf(SKYLINE, 'soon')).toEqual(day(3, 3));
    expect(endingOf(SKYLINE, 'later')).toEqual(day(9, 7));
    expect(sum(endingOf(SKYLINE, 'unknown'))).toBe(2);
    expect(undatedOf(SKYLINE)).toBe(9);
  });
});

describe('the shade of a cell', () => {
  it('grows slowly, so that one peak leaves the rest visible', () => {
    expect(shadeOf(0, 4_000)).toBe(0);
    expect(shadeOf(1, 4_000)).toBe(1);
    expect(shadeOf(60, 4_000)).toBe(2);
    expect(shadeOf(4_000, 4_000)).toBe(4);
    expect(shadeOf(1, 1)).toBe(4);
  });
});
