import { expect, test } from 'vitest';
import { makeConnection, makeProblem, NOON } from '../../test/data';
import { brokenConnections, brokenText } from './broken';

const DAY = 86_400_000;

const deauthorized = makeConnection({ color: 'red', status: 'Deauthorized', problem: makeProblem() });

test('a lost authorization says why, what to do, and since when there is no data', () => {
  const why =
    'The customer or the platform ended the access, or it expired. Send the customer the reconnect link.';
  expect(brokenText({ ...deauthorized, lastRead: NOON - DAY }, NOON)).toEqual({
    title: 'Xero needs to be reconnected.',
    text: `${why} No new data since yesterday.`,
  });
  expect(brokenText(deauthorized, NOON).text).toBe(`${why} No data yet.`);
});

test('today is a time of day, and an earlier day is a date', () => {
  const text = (lastRead: number) => brokenText({ ...deauthorized, lastRead }, NOON).text;
  expect(text(NOON - 60_000)).toMatch(/since \d\d:\d\d\.$/);
  expect(text(NOON - 3 * DAY)).toMatch(/No new data since 20 Nov\.$/);
});

test('what the customer can fix comes before an outage, and one-time or healthy connections are not broken', () => {
  const red = { color: 'red' } as const;
  const outage = makeConnection({ ...red, id: 'outage', problem: makeProblem({ actor: 'platform' }) });
  const error = makeConnection({ ...red, id: 'error', problem: makeProblem({ actor: 'we' }) });
  const lost = { ...deauthorized, id: 'lost' };
  const ended = { ...deauthorized, id: 'ended', oneTime: true };
  const unlinked = makeConnection({ id: 'unlinked', color: 'grey' });
  const all = [outage, makeConnection(), error, ended, unlinked, lost];
  expect(brokenConnections(all).map(({ id }) => id)).toEqual(['lost', 'error', 'outage']);
});
