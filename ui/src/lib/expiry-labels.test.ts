import { describe, expect, it } from 'vitest';
import { inDays } from './format';
import type { RestsOn } from './wire';
import { timeLeftText, basisText } from './expiry-labels';

const NOW = new Date(2026, 10, 26, 12).getTime();
const DAY = 86_400_000;

function rests(change: Partial<RestsOn>): RestsOn {
  return {
    clock: 'idle',
    days: 60,
    since: NOW - 14 * DAY,
    countedFrom: 'lastRead',
    estimate: false,
    ...change,
  };
}

describe('what an estimate rests on', () => {
  it('says how long the clock runs and from when it is counted', () => {
    expect(basisText(rests({}), NOW)).toBe('60 days without a refresh (last refresh 12 Nov)');
    expect(basisText(rests({ countedFrom: 'created' }), NOW)).toBe(
      '60 days without a refresh (never refreshed, created 12 Nov)',
    );
    expect(basisText(rests({ clock: 'consent', days: 90, countedFrom: 'linked' }), NOW)).toBe(
      '90-day consent, linked by 12 Nov',
    );
    expect(basisText(rests({ clock: 'consent', days: 1, countedFrom: 'created', estimate: true }), NOW)).toBe(
      '1-day consent, given 12 Nov or later · estimate',
    );
  });
});

describe('what was left', () => {
  it('is the number of days of the list, or said to be less, or past', () => {
    const left = (days: number) => timeLeftText({ at: NOW, expires: NOW + days * DAY });
    expect([left(9.6), left(1), left(0.4), left(-0.1)]).toEqual([
      inDays(NOW + 9.6 * DAY, NOW),
      '1 day',
      'Less than a day',
      'Past its date',
    ]);
  });
});
