import { expect, test } from 'vitest';
import { makeHealth } from '../test/data';
import { nextSweepText, powerSavingText, statusLine, healthProblem, unreadableText } from './health';
import type { Health } from './wire';

const NOW = new Date('2026-11-22T14:30:00').getTime();
const health = (change: Partial<Health>): Health =>
  makeHealth({ lastSweep: NOW - 12_000, nextSweep: NOW + 48_000, ...change });

test('what is true is said in one line', () => {
  expect(statusLine(health({}), NOW)).toEqual({ color: 'green', text: 'Up to date, 12 s ago' });
  expect(nextSweepText(health({}), NOW)).toBe('Checks again in 48 s');
  expect(statusLine(health({ state: 'sweeping', sweepDone: 400, sweepTotal: 12_408 }), NOW).text).toBe(
    'Checking, 400 of 12,408',
  );
  expect(statusLine(health({ state: 'limited', retryAt: NOW + 600_000 }), NOW).text).toBe(
    'Rate limited, trying again at 14:40',
  );
  expect(statusLine(health({ state: 'offline', lastSweep: NOW - 47 * 60_000 }), NOW).text).toBe(
    'Offline, last checked 47 min ago',
  );
  expect(statusLine(health({ state: 'starting', lastSweep: null }), NOW).text).toBe('Starting');
});

test('what holds background work back is said apart, with its end', () => {
  const limited = (hold: Health['hold']) => health({ state: 'limited', retryAt: NOW + 600_000, hold });
  expect(statusLine(limited('day'), NOW).text).toBe('Quota used up until 14:40');
  expect(statusLine(limited('share'), NOW).text).toBe('Background share used up until 14:40');
  expect(statusLine(limited('quiet'), NOW).text).toBe('Rate limited, trying again at 14:40');
  expect(healthProblem(limited('share'), NOW)?.text).toContain('Your own clicks still work');
  const offline = health({ state: 'offline', offlineSince: NOW - 60_000 * 30, lastSweep: NOW - 47 * 60_000 });
  expect(statusLine(offline, NOW).text).toBe('Offline since 14:00, last checked 47 min ago');
});

test('what sweeps are spared for is said with the next one', () => {
  expect(powerSavingText({ power: null, metered: null })).toBeNull();
  expect(powerSavingText({ power: 'mains', metered: false })).toBeNull();
  expect(powerSavingText({ power: 'battery', metered: null })).toBe('on battery');
  expect(powerSavingText({ power: 'mains', metered: true })).toBe('on a metered network');
  const both = powerSavingText({ power: 'lowBattery', metered: true });
  expect(nextSweepText(health({}), NOW, both)).toBe(
    'Checks again in 48 s, on low battery and a metered network',
  );
});

test('what cannot be saved is not called up to date', () => {
  const full = health({ state: 'notSaved', message: 'The disk is full', retryAt: NOW + 60_000 });
  expect(statusLine(full, NOW)).toEqual({
    color: 'red',
    text: 'Can’t save new data, trying again at 14:31',
  });
  expect(healthProblem(full, NOW)?.text).toBe(
    'The disk is full. What you see is from 12 s ago. The app tries again, next at 14:31.',
  );
});

test('companies that cannot be read are counted', () => {
  expect(unreadableText(health({}))).toBeNull();
  expect(unreadableText(health({ unreadable: 1 }))).toMatch(/^1 company has data we couldn’t read/);
  expect(unreadableText(health({ unreadable: 1_200 }))).toMatch(
    /^1,200 companies have data we couldn’t read/,
  );
});

test('no next sweep is promised while none is planned', () => {
  expect(nextSweepText(health({ state: 'paused' }), NOW)).toBeNull();
  expect(nextSweepText(health({ nextSweep: null }), NOW)).toBeNull();
});

test('a trouble says what happened, how old the screen is, and what comes next', () => {
  const trouble = healthProblem(health({ state: 'refused', lastSweep: NOW - 60_000 * 47 }), NOW);
  expect(trouble?.title).toBe('Codat rejected the API key');
  expect(trouble?.text).toContain('from 47 min ago');
  expect(trouble?.text).toContain('The app tries again');
  expect(healthProblem(health({ state: 'offline', lastSweep: null }), NOW)?.text).toContain(
    'Nothing is loaded yet',
  );
});

test('the sandbox is not said to be Codat, nor its key to be replaced', () => {
  const trouble = healthProblem(health({ state: 'refused', message: 'Unauthorized' }), NOW, false, 'sandbox');
  expect(trouble?.title).toBe('The sandbox rejected its own key');
  expect(trouble?.text).toContain('A fault causes this');
});

test('how long Codat asked us to wait is said, whenever the app asks again', () => {
  const until = { askedUntil: NOW + 5 * 3_600_000, retryAt: NOW + 3_600_000 };
  const limited = health({ state: 'limited', hold: 'quiet', ...until });
  expect(statusLine(limited, NOW).text).toBe('Codat asked us to wait until 19:30');
  for (const state of ['limited', 'failing'] as const) {
    const text = healthProblem(health({ state, hold: 'quiet', ...until }), NOW)?.text;
    expect(text).toContain('Codat asked us to wait until 19:30.');
    expect(text).toContain('again, next at 15:30');
  }
});

test('what the server said stands as a sentence of its own', () => {
  const said = (message: string) => healthProblem(health({ state: 'refused', message }), NOW)?.text;
  expect(said('Unauthorized')).toContain('Unauthorized. What you see');
  expect(said('Ask again later.')).toContain('later. What you see');
});

test('Codat is not blamed where nothing runs here', () => {
  expect(healthProblem(health({ state: 'failing' }), NOW)?.title).toBe('Codat returns errors');
  expect(healthProblem(health({ state: 'failing' }), NOW, true)).toBeNull();
  expect(statusLine(health({ state: 'failing' }), NOW, true).text).toBe('Not running');
  expect(
    healthProblem(health({ state: 'refused' }), NOW, true),
    'a missing key has its button',
  ).not.toBeNull();
});

test('what is well is no trouble', () => {
  for (const state of ['current', 'sweeping', 'starting', 'paused'] as const) {
    expect(healthProblem(health({ state }), NOW), state).toBeNull();
  }
});
