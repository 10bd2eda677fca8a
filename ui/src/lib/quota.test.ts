import { expect, test } from 'vitest';
import { FAKE_QUOTA } from '../dev/fake-requests';
import { bytes, duration, forecastBasis, meanPerDay, span, quotaText } from './quota';

test('what is spent is told apart from what others spent', () => {
  expect(quotaText(FAKE_QUOTA)).toBe('23,700 of 595,000 spent, 2,873 by this app and 20,827 by others.');
  expect(quotaText({ ...FAKE_QUOTA, remaining: 595_000 - 2_873, spent: 2_873 })).toBe(
    '2,873 of 595,000 spent, by this app.',
  );
  expect(quotaText({ ...FAKE_QUOTA, limit: null, remaining: null })).toContain('has not yet said');
});

test('a forecast says what it rests on', () => {
  const { forecast } = FAKE_QUOTA;
  expect(forecastBasis(forecast, false)).toBe(
    'It rests on a sweep every 60 s, what of schedules and keep-alive falls due today and the mean of the 7 days before.',
  );
  expect(forecastBasis({ ...forecast, basis: 'today' }, true)).toBe(
    'It rests on background work being paused and the pace of today so far.',
  );
  expect(forecastBasis({ ...forecast, statusSecs: 172 }, false)).toContain('a status sweep every 3 min');
});

test('the mean is of the last week, and there is none without a past', () => {
  expect(meanPerDay(FAKE_QUOTA)).toBe((1_840 + 2_210 + 640 + 590 + 3_100 + 2_480 + 2_020) / 7);
  expect(meanPerDay({ ...FAKE_QUOTA, days: [] })).toBeNull();
});

test('sizes and spans read at a glance', () => {
  expect([0, 999, 1_240, 612_400, 5_000_000_000].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.2 kB',
    '612 kB',
    '5.0 GB',
  ]);
  expect([84, 1_240, 30_000, 150_000].map(duration)).toEqual(['84 ms', '1.2 s', '30.0 s', '3 min']);
  expect([60, 172, 1_728, 86_400].map(span)).toEqual(['60 s', '3 min', '29 min', '24 h']);
});
