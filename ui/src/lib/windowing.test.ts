import { describe, expect, test } from 'vitest';
import {
  drawn,
  isScaled,
  listTop,
  LONGEST_RAIL,
  OVERSCAN,
  PAGE,
  pagesAround,
  railHeight,
  railTop,
  reveal,
  rowTop,
  seen,
} from './windowing';

const few = { rows: 1_000, rowHeight: 40, height: 600 };
const many = { rows: 1_000_000, rowHeight: 40, height: 600 };

describe('a list that fits', () => {
  test('is drawn where it is scrolled to', () => {
    expect(isScaled(few)).toBe(false);
    expect(railHeight(few)).toBe(40_000);
    expect(listTop(1_234, few)).toBeCloseTo(1_234);
    expect(rowTop(7, 99, 99, few)).toBe(280);
  });

  test('shows the rows that are seen in part, and some above and below', () => {
    expect(seen(100, few)).toEqual({ first: 2, end: 18 });
    expect(drawn(1_000, few)).toEqual({ first: 25 - OVERSCAN, end: 40 + OVERSCAN });
  });

  test('has no rows beyond its ends', () => {
    expect(drawn(0, few).first).toBe(0);
    expect(drawn(40_000 - 600, few).end).toBe(1_000);
    expect(seen(0, { ...few, rows: 3 })).toEqual({ first: 0, end: 3 });
    expect(seen(0, { ...few, rows: 0 })).toEqual({ first: 0, end: 0 });
  });
});

describe('a list longer than an element may be', () => {
  test('is drawn on a rail that engines do not clamp', () => {
    expect(isScaled(many)).toBe(true);
    expect(railHeight(many)).toBe(LONGEST_RAIL);
  });

  test('reaches its first and its last row', () => {
    expect(seen(listTop(0, many), many).first).toBe(0);
    expect(seen(listTop(LONGEST_RAIL - many.height, many), many).end).toBe(1_000_000);
  });

  test('draws every row within the part that is seen', () => {
    for (const rail of [0, 1, 12_345_678, LONGEST_RAIL - many.height]) {
      const top = listTop(rail, many);
      const { first, end } = seen(top, many);
      for (const index of [first, end - 1]) {
        const place = rowTop(index, rail, top, many) - rail;
        expect(place).toBeGreaterThan(-40.01);
        expect(place).toBeLessThan(600.01);
      }
    }
  });

  test('every place of the list has one of the rail, and back', () => {
    for (const top of [0, 40, 19_999_960, 40_000_000 - 600]) {
      expect(listTop(railTop(top, many), many)).toBeCloseTo(top, 3);
    }
  });
});

test('a row is revealed with as little scrolling as will do', () => {
  expect(reveal(5, 0, few)).toBe(0);
  expect(reveal(15, 0, few)).toBe(40);
  expect(reveal(2, 400, few)).toBe(80);
});

test('the pages around the eye are asked for, one ahead each way', () => {
  expect(pagesAround({ first: 0, end: 20 }, 1_000)).toEqual([0, 1]);
  expect(pagesAround({ first: 2 * PAGE - 5, end: 2 * PAGE + 5 }, 1_000)).toEqual([1, 2, 3, 0]);
  expect(pagesAround({ first: 990, end: 1_000 }, 1_000)).toEqual([4, 3]);
  expect(pagesAround({ first: 0, end: 0 }, 0)).toEqual([]);
});
