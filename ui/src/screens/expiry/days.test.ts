import { describe, expect, it } from 'vitest';
import { rangeBetween, DAYS, edgesFrom, labeledDays, scaleTop, sum } from './days';

const NOON = new Date(2026, 10, 26, 12).getTime();

describe('the days of the skyline', () => {
  it('begin today at midnight and follow one another', () => {
    const edges = edgesFrom(NOON);
    expect(edges).toHaveLength(DAYS + 1);
    expect(edges[0]).toBe(new Date(2026, 10, 26).getTime());
    expect(edges.every((edge) => new Date(edge).getHours() === 0)).toBe(true);
    expect(new Set(edges.map((edge) => new Date(edge).toDateString())).size).toBe(DAYS + 1);
  });

  it('are a range from either side', () => {
    expect(rangeBetween(3, 1)).toEqual({ from: 1, to: 3 });
    expect(rangeBetween(2, 2)).toEqual({ from: 2, to: 2 });
  });

  it('have a label today and at the first of each month, none of them crowded', () => {
    const edges = edgesFrom(NOON);
    const months = labeledDays(edges).map((day) => new Date(edges[day] ?? 0).getDate());
    expect(months).toEqual([26, 1, 1, 1]);
  });
});

describe('the scale', () => {
  it('ends at a round number that holds the tallest bar', () => {
    const day = (idle: number, consent = 0) => ({ idle, consent });
    expect(scaleTop([])).toBe(4);
    expect(scaleTop([day(3), day(5, 2)])).toBe(10);
    expect(scaleTop([day(12)])).toBe(20);
    expect(scaleTop([day(4_001)])).toBe(5_000);
    expect(sum(day(2, 3))).toBe(5);
  });
});
