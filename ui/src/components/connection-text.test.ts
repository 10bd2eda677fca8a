import { expect, test } from 'vitest';
import { makeConnection, makeProblem, NOON } from '../test/data';
import { evidenceOf, expiryText, nextStep, problemOf } from './connection-text';

const DAY = 86_400_000;

test('a connection’s trouble is one sentence, and another says what to do', () => {
  const lost = makeConnection({ color: 'red', status: 'Deauthorized', problem: makeProblem() });
  expect(problemOf(makeConnection())).toBeNull();
  expect(problemOf(lost)).toBe('The customer or the platform ended the access, or it expired.');
  expect(nextStep(lost)).toBe('Send the customer the reconnect link.');
  expect(problemOf({ ...lost, oneTime: true })).toBe('Assumed one-time, so it’s meant to end.');
  expect(nextStep({ ...lost, oneTime: true })).toBeNull();
  expect(problemOf(makeConnection({ color: 'purple', error: 'User cancelled' }))).toBe('User cancelled');
});

test('the evidence is the error with its time, and the end of the access', () => {
  const at = new Date(2026, 11, 1, 14, 2).getTime();
  const reported = 'Codat reported error 401 on 1 Dec 2026, 14:02.';
  expect(evidenceOf(makeProblem())).toBeNull();
  expect(evidenceOf(makeProblem({ code: '401', at }))).toBe(reported);
  expect(evidenceOf(makeProblem({ at }))).toBe('Codat reported an error on 1 Dec 2026, 14:02.');
  expect(evidenceOf(makeProblem({ code: 'QBO-5003' }))).toBe('Codat reported error QBO-5003.');
  const consent = { clock: 'consent', days: 90, at } as const;
  const problem = makeProblem({ code: '401', at, ended: consent });
  expect(evidenceOf(problem)).toBe(`The 90-day consent ended on 1 Dec 2026. ${reported}`);
  const idle = makeProblem({ ended: { clock: 'idle', days: 60, at } });
  expect(evidenceOf(idle)).toBe('It wasn’t refreshed for 60 days, until 1 Dec 2026.');
});

test('a linked connection past its date has outlived the estimate', () => {
  const chip = makeConnection({ expires: NOON - 150 * DAY });
  expect(expiryText(chip, NOON)).toBe('Past estimate');
  expect(expiryText({ ...chip, status: 'Deauthorized' }, NOON)).toBe('150 days ago');
  expect(expiryText({ ...chip, expires: NOON + 12 * DAY }, NOON)).toBe('12 days');
  expect(expiryText(makeConnection(), NOON)).toBeNull();
});
