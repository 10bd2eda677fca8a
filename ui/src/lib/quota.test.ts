import { expect, test } from 'vitest';
import { forecastBasis, meanPerDay, quotaText } from './quota';
import type { QuotaView } from './wire';

const NOON = Date.UTC(2026, 10, 22, 12);

/** A day at a lender of some size. */
const quota: QuotaView = {
  limit: 595_000,
  remaining: 571_300,
  spent: 23_700,
  resets: NOON + 12 * 3_600_000,
  today: [
    { cause: 'click', requests: 212 },
    { cause: 'screen', requests: 468 },
    { cause: 'run', requests: 1_000 },
    { cause: 'look', requests: 41 },
    { cause: 'sweep', requests: 1_140 },
    { cause: 'keepAlive', requests: 12 },
    { cause: 'schedule', requests: 0 },
  ],
  lost: 0,
  share: 29_750,
  background: 1_193,
  stop: 297_500,
  stopPercent: 50,
  perMinute: 600,
  days: [1_840, 2_210, 640, 590, 3_100, 2_480, 2_020, 1_990, 610].map((requests, at) => ({
    day: new Date(NOON - (at + 1) * 86_400_000).toISOString().slice(0, 10),
    causes: [
      { cause: 'click', requests: 100 },
      { cause: 'sweep', requests: requests - 100 },
    ],
  })),
  forecast: { rest: [], basis: 'days', basisDays: 7, sweepSecs: 60, statusSecs: null },
};

test('what is spent is told apart from what others spent', () => {
  expect(quotaText(quota)).toBe('23,700 of 595,000 requests used, 2,873 by this app and 20,827 by others.');
  expect(quotaText({ ...quota, remaining: 595_000 - 2_873, spent: 2_873 })).toBe(
    '2,873 of 595,000 requests used, all by this app.',
  );
  expect(quotaText({ ...quota, limit: null, remaining: null })).toContain('hasn’t reported the daily limit');
});

test('a forecast says what it rests on', () => {
  const { forecast } = quota;
  expect(forecastBasis(forecast, false)).toBe(
    'Based on a check every 60 s, today’s schedules and keep-alive and the average of the last 7 days.',
  );
  expect(forecastBasis({ ...forecast, basis: 'today' }, true)).toBe(
    'Based on paused background work and your usage so far.',
  );
  expect(forecastBasis({ ...forecast, statusSecs: 172 }, false)).toContain('a status check every 3 min');
});

test('the mean is of the last week, and there is none without a past', () => {
  expect(meanPerDay(quota)).toBe((1_840 + 2_210 + 640 + 590 + 3_100 + 2_480 + 2_020) / 7);
  expect(meanPerDay({ ...quota, days: [] })).toBeNull();
});
