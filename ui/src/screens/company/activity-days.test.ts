import { expect, test } from 'vitest';
import type { Activity } from '../../lib/wire';
import { byDay, withoutNoise } from './activity-days';

const NOON = new Date(2026, 10, 23, 12).getTime();
const DAY = 86_400_000;

function change(id: string, kind: string, at: number, own = false): Activity {
  const nothing = { platform: null, connection: null, was: null, became: null };
  return { id, at, what: { type: 'change', kind, own, ...nothing } };
}

test('entries stand under their days', () => {
  const at = (id: string, days: number) => change(id, 'statusChanged', NOON - days * DAY);
  const days = byDay([at('a', 0), at('b', 0.1), at('c', 1), at('d', 3), at('e', 400)], NOON);
  expect(days.map(({ label, entries }) => [label, entries.map(({ id }) => id)])).toEqual([
    ['Today', ['a', 'b']],
    ['Yesterday', ['c']],
    ['20 Nov', ['d']],
    ['19 Oct 2025', ['e']],
  ]);
});

test('a day occurs once, even if the entries aren’t in order', () => {
  const entries = [0, 1, 0.1, 1.1].map((days) => change(String(days), 'statusChanged', NOON - days * DAY));
  const days = byDay(entries, NOON).map(({ label, entries }) => [label, entries.length]);
  expect(days).toEqual([
    ['Today', 2],
    ['Yesterday', 2],
  ]);
});

test('what the first look found is counted, and a connection that came later is shown', () => {
  const { entries, firstSeen } = withoutNoise(
    [
      change('later', 'connectionAppeared', NOON + DAY),
      change('xero', 'connectionAppeared', NOON),
      change('plaid', 'connectionAppeared', NOON),
      change('company', 'companyAppeared', NOON),
    ],
    'all',
  );
  expect(entries.map(({ id }) => id)).toEqual(['later', 'company']);
  expect(firstSeen.get('company')).toBe('2 connections');
});

test('a rename in this app is one line, unless its own line is filtered', () => {
  const entries = [
    { id: 'own', at: NOON, what: { type: 'own', act: 'rename', detail: '', outcome: 'done' } } as Activity,
    change('details', 'companyChanged', NOON, true),
    change('elsewhere', 'companyChanged', NOON),
  ];
  const ids = (kind: 'all' | 'changes') => withoutNoise(entries, kind).entries.map(({ id }) => id);
  expect(ids('all')).toEqual(['own', 'elsewhere']);
  expect(ids('changes')).toEqual(['own', 'details', 'elsewhere']);
});
