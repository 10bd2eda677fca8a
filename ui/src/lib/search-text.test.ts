import { expect, test } from 'vitest';
import { hasFilter, toggleFilter, splitWords } from './search-text';

const RED = ['red', 'broken'];
const GREY = ['grey', 'unlinked'];

test('words end at spaces, but not within quotes', () => {
  expect(splitWords('  a "b c" d:"e f"').map((word) => word.text)).toEqual(['a', '"b c"', 'd:"e f"']);
  expect(splitWords('open "to the end').map((word) => word.text)).toEqual(['open', '"to the end']);
  expect(splitWords('')).toEqual([]);
  expect(splitWords('ab cd')[1]).toEqual({ text: 'cd', start: 3, end: 5 });
});

test('a filter that is switched on and off leaves the rest of the search as it was', () => {
  const on = toggleFilter('acme "two words"', 'is', RED);
  expect(on).toBe('acme "two words" is:red');
  expect(toggleFilter(on, 'is', RED)).toBe('acme "two words"');
});

test('two colors stand side by side and are switched off one by one', () => {
  const both = toggleFilter(toggleFilter('', 'is', RED), 'is', GREY);
  expect(both).toBe('is:red is:grey');
  expect(toggleFilter(both, 'is', RED)).toBe('is:grey');
});

test('a word that means the same color counts as that color', () => {
  expect(hasFilter('IS:Broken', 'is', RED)).toBe(true);
  expect(toggleFilter('is:broken x', 'is', RED)).toBe('x');
});

test('neither the opposite nor another filter counts', () => {
  for (const search of ['-is:red', 'has:red', 'is:redder', 'red', 'is:']) {
    expect(hasFilter(search, 'is', RED), search).toBe(false);
  }
});
