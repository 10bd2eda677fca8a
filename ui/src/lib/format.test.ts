import { describe, expect, test } from 'vitest';
import {
  ago,
  agoInList,
  agoInSentence,
  agoInWords,
  count,
  dataSize,
  dateTime,
  duration,
  exact,
  inDays,
  interval,
  isStale,
  lowered,
  plural,
  requestDuration,
  roughly,
  shortId,
  until,
  words,
} from './format';

const at = (text: string) => new Date(text).getTime();
const NOW = at('2026-11-22T14:30:00');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('ages', () => {
  test.each([
    [2 * SECOND, 'Just now'],
    [12 * SECOND, '12 s ago'],
    [2 * MINUTE, '2 min ago'],
    [59 * MINUTE, '59 min ago'],
    [3 * HOUR, '3 h ago'],
    [at('2026-11-22T14:30:00') - at('2026-11-22T08:14:00'), '08:14'],
    [at('2026-11-22T14:30:00') - at('2026-11-21T23:59:00'), 'Yesterday'],
    [at('2026-11-22T14:30:00') - at('2026-11-20T10:00:00'), '20 Nov'],
    [at('2026-11-22T14:30:00') - at('2025-11-20T10:00:00'), '20 Nov 2025'],
  ])('%i ms ago reads %s', (age, text) => {
    expect(ago(NOW - age, NOW)).toBe(text);
  });

  test('shortly after midnight, what was read before it was yesterday only once it is hours ago', () => {
    const midnight = at('2026-11-22T00:20:00');
    expect(ago(midnight - 10 * MINUTE, midnight)).toBe('10 min ago');
    expect(ago(midnight - 2 * HOUR, midnight)).toBe('Yesterday');
  });

  test('a clock that is a little ahead reads as now, one far ahead as its date', () => {
    expect(ago(NOW + 30 * SECOND, NOW)).toBe('Just now');
    expect(ago(NOW + DAY, NOW)).toBe('23 Nov');
    expect(ago(NOW + 95 * DAY, NOW)).toBe('25 Feb 2027');
  });

  test('a list does not count seconds', () => {
    expect(agoInList(NOW - 40 * SECOND, NOW)).toBe('Just now');
    expect(agoInList(NOW - 2 * MINUTE, NOW)).toBe('2 min ago');
  });

  test('within a sentence an age begins with a small letter', () => {
    expect(agoInSentence(NOW, NOW)).toBe('just now');
    expect(agoInSentence(NOW - DAY, NOW)).toBe('yesterday');
    expect(agoInSentence(NOW - 2 * MINUTE, NOW)).toBe('2 min ago');
    expect(lowered('Jan 2027')).toBe('Jan 2027');
  });

  test('what a clock that is ahead has made is not called just now', () => {
    expect(agoInWords(NOW + 30 * SECOND, NOW)).toBe('just now');
    expect(agoInWords(NOW + DAY, NOW)).toBe('ahead of this computer’s clock');
  });

  test('long ages are said in whole words', () => {
    expect(agoInWords(NOW - 23 * DAY, NOW)).toBe('3 weeks ago');
    expect(agoInWords(NOW - HOUR, NOW)).toBe('1 hour ago');
    expect(agoInWords(NOW, NOW)).toBe('just now');
  });

  test('a read counts as stale after a week, not on its last minute', () => {
    expect(isStale(NOW - 7 * DAY, NOW)).toBe(false);
    expect(isStale(NOW - 7 * DAY - 1, NOW)).toBe(true);
  });
});

describe('what is to come', () => {
  test.each([
    [48 * SECOND, '48 s'],
    [61 * SECOND, '2 min'],
    [-5, '0 s'],
    [60 * MINUTE, '1 h'],
    [70 * MINUTE - SECOND, '1 h 10 min'],
    [90 * MINUTE, '1 h 30 min'],
    [24 * 60 * MINUTE - SECOND, '24 h'],
    [25 * 60 * MINUTE, '25 h'],
  ])('%i ms ahead reads %s', (rest, text) => {
    expect(until(NOW + rest, NOW)).toBe(text);
  });

  test('days are calendar days, so tonight and tomorrow morning differ', () => {
    expect(inDays(at('2026-11-22T23:59:00'), NOW)).toBe('Today');
    expect(inDays(at('2026-11-23T00:01:00'), NOW)).toBe('Tomorrow');
    expect(inDays(NOW + 14 * DAY, NOW)).toBe('14 days');
    expect(inDays(NOW - 3 * DAY, NOW)).toBe('3 days ago');
  });
});

test('dates are day, month, year and time in local time', () => {
  expect(dateTime(at('2026-09-01T08:05:00'))).toBe('1 Sep 2026, 08:05');
  expect(exact(at('2026-11-01T08:05:09'))).toMatch(/^Sunday 1 Nov 2026, 08:05:09 UTC/);
});

test('amounts keep the digits that matter', () => {
  expect([count(12_408), count(0)]).toEqual(['12,408', '0']);
  expect([950, 1_100, 9_960, 595_000, 999_600, 2_400_000].map(roughly)).toEqual([
    '950',
    '1.1k',
    '10k',
    '595k',
    '1M',
    '2.4M',
  ]);
  expect([plural(1, 'read', 'reads'), plural(2_000, 'read', 'reads')]).toEqual(['1 read', '2,000 reads']);
});

test('identifiers are shortened, slugs become words', () => {
  expect(shortId('3c6da5d7-0000-4000-8000-000000000000')).toBe('3c6da5d7');
  expect(['bank-feeds', 'lending', 'syncForExpenses'].map(words)).toEqual([
    'Bank feeds',
    'Lending',
    'Sync for expenses',
  ]);
});

test('sizes and spans read at a glance', () => {
  expect([0, 999, 1_240, 612_400, 5_000_000_000].map(dataSize)).toEqual([
    '0 B',
    '999 B',
    '1.2 kB',
    '612 kB',
    '5.0 GB',
  ]);
  expect([84, 1_240, 30_000, 150_000].map(requestDuration)).toEqual(['84 ms', '1.2 s', '30.0 s', '3 min']);
  expect([60, 172, 1_728, 86_400].map(interval)).toEqual(['60 s', '3 min', '29 min', '24 h']);
});

test('times to complete are short', () => {
  expect([0, 800, 41_000, 185_000, 7_800_000, 3_600_000, -5].map(duration)).toEqual([
    '0.0 s',
    '0.8 s',
    '41 s',
    '3 min 5 s',
    '2 h 10 min',
    '1 h',
    '0.0 s',
  ]);
});
