import { expect, test } from 'vitest';
import { chipsThatFit, chipWidth } from './chips';
import { fakeCompanies } from '../../dev/fake-data';

test('all chips stand side by side where there is room, without room for "+N"', () => {
  expect(chipsThatFit([100, 100, 100], 312)).toBe(3);
});

test('what does not fit leaves room for "+N"', () => {
  expect(chipsThatFit([100, 100, 100], 311)).toBe(2);
  expect(chipsThatFit([100, 100, 100], 250)).toBe(1);
});

test('one chip is always shown, however narrow the column', () => {
  expect(chipsThatFit([500, 100], 60)).toBe(1);
  expect(chipsThatFit([], 60)).toBe(0);
});

test('a linked chip needs no room for its word', () => {
  const chip = fakeCompanies(40, 0).flatMap((row) => row.connections)[0];
  if (!chip) throw new Error('the made-up companies have connections');
  const measure = (text: string) => text.length * 10;
  const linked = chipWidth({ ...chip, colour: 'green', word: 'Linked' }, measure);
  const broken = chipWidth({ ...chip, colour: 'red', word: 'Deauthorized' }, measure);
  expect(broken - linked).toBe(126);
});
