import { describe, expect, it } from 'vitest';
import {
  daysInWords,
  lateInWords,
  nameProblem,
  newPlan,
  outcomeInWords,
  runNowText,
  zoneCity,
  zoneRegion,
  targetInWords,
  timingInWords,
  timingProblem,
  weeklyTimesProblem,
} from './schedules';
import type { OutcomeView, ScheduleForecast } from './wire';

const outcome: OutcomeView = {
  due: 0,
  at: 0,
  earlier: 0,
  reason: null,
  queued: 12,
  done: 3,
  unreadable: 1,
  run: 1,
  counts: null,
};

describe('what is typed', () => {
  it('is held against what a schedule takes', () => {
    expect(nameProblem('x'.repeat(100))).toBeNull();
    expect(nameProblem('x'.repeat(101))).toBe('At most 100 characters; this has 101.');
    for (const hours of [0, 1.5, Number.NaN, 8_785])
      expect(timingProblem({ kind: 'every', hours })).toBe('Whole hours, from 1 to 8,784.');
    expect(timingProblem({ kind: 'every', hours: 1 })).toBeNull();
    expect(timingProblem({ kind: 'clock', times: ['06:00', ''], days: 1 })).not.toBeNull();
    expect(weeklyTimesProblem([{ days: 1, from: '', until: '06:00' }], 'blackout')).not.toBeNull();
  });
});

describe('schedules in words', () => {
  it('names days as people do', () => {
    expect(daysInWords(0b111_1111)).toBe('every day');
    expect(daysInWords(0b1_1111)).toBe('weekdays');
    expect(daysInWords(0b110_0000)).toBe('weekends');
    expect(daysInWords(0b000_0101)).toBe('Mon and Wed');
    expect(daysInWords(1)).toBe('Monday');
  });

  it('says when it runs', () => {
    expect(timingInWords({ kind: 'every', hours: 24 })).toBe('every day after the last refresh');
    expect(timingInWords({ kind: 'every', hours: 36 })).toBe('every 36 hours after the last refresh');
    expect(timingInWords({ kind: 'every', hours: 336 })).toBe('every 2 weeks after the last refresh');
    expect(timingInWords({ kind: 'clock', times: ['06:00', '18:00'], days: 0b1_1111 })).toBe(
      'weekdays at 06:00 and 18:00',
    );
  });

  it('says of whom', () => {
    expect(targetInWords(newPlan())).toBe('all companies');
    expect(targetInWords({ ...newPlan(), target: { kind: 'companies', ids: ['a'] } })).toBe('1 company');
  });

  it('says what a run by hand does to the plan', () => {
    const forecast = { companies: 26, unreadable: 1 } as ScheduleForecast;
    expect(runNowText({ plan: newPlan(), forecast })).toBe(
      'Requests a refresh of 25 companies right away, without spreading. The next scheduled run stays as planned.',
    );
    const plan = { ...newPlan(), timing: { kind: 'every' as const, hours: 6 } };
    expect(runNowText({ plan, forecast })).toContain('Their next run counts from this refresh.');
    expect(runNowText({ plan, forecast: { ...forecast, unreadable: 26 } })).toBe(
      'No company has a connection to refresh.',
    );
  });

  it('says what came of it and what held it up', () => {
    expect(outcomeInWords(outcome)).toBe(
      '12 refreshes requested, 3 already refreshed, 1 skipped (no connections)',
    );
    expect(outcomeInWords({ ...outcome, queued: 0, done: 0, unreadable: 0 })).toBe('No companies to refresh');
    const counts = {
      waiting: 0,
      sent: 0,
      queued: 2,
      running: 0,
      read: 9,
      failed: 1,
      skipped: 0,
      cancelled: 0,
      unseen: 0,
      looking: 0,
    };
    expect(outcomeInWords({ ...outcome, counts, done: 0, unreadable: 0 })).toBe(
      '12 refreshes requested (9 done, 2 in progress, 1 failed)',
    );
    expect(lateInWords(outcome)).toBeNull();
    expect(lateInWords({ ...outcome, earlier: 29, reason: 'asleep' })).toBe(
      'Caught up once for 30 due runs: the computer was asleep or the app wasn’t running',
    );
    expect(lateInWords({ ...outcome, reason: 'offline' })).toBe('Late: we couldn’t reach Codat');
    expect(outcomeInWords({ ...outcome, reason: 'stillRunning' })).toMatch(/^Skipped/);
  });

  it('takes zones apart for a list of them', () => {
    expect([zoneRegion('America/New_York'), zoneCity('America/New_York')]).toEqual(['America', 'New York']);
    expect(zoneCity('America/Argentina/Ushuaia')).toBe('Argentina, Ushuaia');
    expect([zoneRegion('UTC'), zoneCity('UTC')]).toEqual(['Other', 'UTC']);
  });
});
