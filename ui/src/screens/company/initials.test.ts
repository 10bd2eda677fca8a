import { expect, test } from 'vitest';
import { initials } from './initials';

test('a company is marked by the first letters of its first two words', () => {
  const names = ['Harbour Lane Bakery', 'Clover', '5 Rivers (UK)', '', '日本'];
  expect(names.map(initials)).toEqual(['HL', 'C', '5R', '', '日']);
});
