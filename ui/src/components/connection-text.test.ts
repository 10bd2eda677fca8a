import { expect, test } from 'vitest';
import { makeConnection, NOON } from '../test/data';
import { codeMeaning, expiryText, nextStep, problemOf } from './connection-text';

const DAY = 86_400_000;

test('a connection’s trouble is one sentence that says who has to act', () => {
  const lost = makeConnection({ color: 'red', status: 'Deauthorized', error: 'Token expired' });
  expect(problemOf(makeConnection())).toBeNull();
  expect(problemOf(lost)).toBe('The customer needs to reconnect.');
  expect(nextStep(lost)).toBe('Send the customer the reconnect link.');
  expect(problemOf({ ...lost, isOutage: true })).toBe('The platform isn’t responding. Nothing to send.');
  expect(nextStep({ ...lost, isOutage: true })).toBe('Nothing to send until the platform responds again.');
  expect(problemOf({ ...lost, oneTime: true })).toBe('Assumed one-time, so it’s meant to end.');
  expect(nextStep({ ...lost, oneTime: true })).toBeNull();
  expect(problemOf(makeConnection({ color: 'red', error: 'Rate limited' }))).toBe('Rate limited');
});

test('codes that say something are explained, and others are not', () => {
  expect(codeMeaning('401')).toContain('authorization');
  expect(codeMeaning('503')).toBe('503 means the platform had a problem.');
  expect([codeMeaning(''), codeMeaning('302'), codeMeaning('QBO-5003')]).toEqual([null, null, null]);
});

test('a linked connection past its date has outlived the estimate', () => {
  const chip = makeConnection({ expires: NOON - 150 * DAY });
  expect(expiryText(chip, NOON)).toBe('Past estimate');
  expect(expiryText({ ...chip, status: 'Deauthorized' }, NOON)).toBe('150 days ago');
  expect(expiryText({ ...chip, expires: NOON + 12 * DAY }, NOON)).toBe('12 days');
  expect(expiryText(makeConnection(), NOON)).toBeNull();
});
