import { describe, expect, test } from 'vitest';
import type { ChartMonth } from '../../lib/wire';
import { bar, line } from './plot';

const room = { width: 120, height: 100 };

function month(profitAt: number | null): ChartMonth {
  const figure = { kind: 'exact' as const, text: '' };
  return { letter: 'N', label: 'Nov', revenue: figure, operatingProfit: figure, revenueAt: null, profitAt };
}

describe('bars', () => {
  test('go up from nothing, and down below it', () => {
    expect(bar(0, 2, 10_000, 5_000, room)).toMatchObject({ y: 0, height: 50 });
    expect(bar(1, 2, 0, 5_000, room)).toMatchObject({ y: 50, height: 50 });
  });

  test('of nothing can still be seen, and stand on the line', () => {
    const { y, height } = bar(0, 2, 5_000, 5_000, room);
    expect([y, height]).toEqual([49, 1]);
  });

  test('stay in the room of their month', () => {
    for (const index of [0, 1, 2]) {
      const { x, width } = bar(index, 3, 5_000, 0, room);
      expect(x).toBeGreaterThanOrEqual(index * 40);
      expect(x + width).toBeLessThanOrEqual((index + 1) * 40);
    }
  });
});

test('the line is broken where a month is missing: it claims nothing', () => {
  const months = [month(0), month(5_000), month(null), month(10_000)];
  expect(line(months, room)).toBe('M15 100L45 50M105 0');
});
