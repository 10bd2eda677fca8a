import { expect, test } from 'vitest';
import { makeConnection, NOON } from '../../test/data';
import { brokenConnections, brokenText } from './broken';

const DAY = 86_400_000;

test('a lost authorization says what the customer has to do, and since when there is no data', () => {
  const chip = makeConnection({ color: 'red', status: 'Deauthorized', lastRead: NOON - DAY });
  expect(brokenText(chip, NOON)).toEqual({
    title: 'Xero needs to be reconnected.',
    text: 'No new data since yesterday.',
  });
  expect(brokenText({ ...chip, lastRead: null }, NOON).text).toBe('No data yet.');
});

test('today is a time of day, and an earlier day is a date', () => {
  const chip = makeConnection({ color: 'red', status: 'Deauthorized' });
  expect(brokenText({ ...chip, lastRead: NOON - 60_000 }, NOON).text).toMatch(/since \d\d:\d\d\.$/);
  expect(brokenText({ ...chip, lastRead: NOON - 3 * DAY }, NOON).text).toBe('No new data since 20 Nov.');
});

test('an outage of the platform offers nothing to send, and another error is named as one', () => {
  const chip = makeConnection({ color: 'red', lastRead: NOON - DAY });
  expect(brokenText({ ...chip, isOutage: true }, NOON)).toEqual({
    title: 'Xero isn’t responding.',
    text: 'No new data since yesterday. Nothing to send.',
  });
  expect(brokenText(chip, NOON).title).toBe('Xero reports an error.');
});

test('what the customer can fix comes before an outage, and one-time or healthy connections are not broken', () => {
  const outage = makeConnection({ id: 'outage', color: 'red', isOutage: true });
  const lost = makeConnection({ id: 'lost', color: 'red', status: 'Deauthorized' });
  const ended = makeConnection({ id: 'ended', color: 'red', oneTime: true });
  const unlinked = makeConnection({ id: 'unlinked', color: 'grey' });
  const ids = brokenConnections([outage, makeConnection(), ended, unlinked, lost]).map(({ id }) => id);
  expect(ids).toEqual(['lost', 'outage']);
});
