import { describe, expect, it } from 'vitest';
import { parseTimeOfDay } from './time-of-day';

describe('a time of day', () => {
  it.each([
    ['0847', '08:47'],
    ['847', '08:47'],
    ['08:47', '08:47'],
    ['8.47', '08:47'],
    [' 8:47 ', '08:47'],
    ['8', '08:00'],
    ['17', '17:00'],
    ['0', '00:00'],
    ['2359', '23:59'],
    ['8:47 pm', '20:47'],
    ['12am', '00:00'],
    ['12:30 p.m.', '12:30'],
  ])('%s is %s', (text, time) => {
    expect(parseTimeOfDay(text)).toBe(time);
  });

  it.each(['', 'noon', '24:00', '8:60', '13 pm', '0 am', '12345', '8:4', '-1'])(
    '%s is not a time',
    (text) => {
      expect(parseTimeOfDay(text)).toBeNull();
    },
  );
});
