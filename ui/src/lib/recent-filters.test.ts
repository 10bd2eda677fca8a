import { expect, test } from 'vitest';
import { recentFilters, rememberFilters } from './recent-filters';

test('the filters of a search are remembered, the newest first and each once, by workspace', () => {
  rememberFilters('a', 'acme is:red platform:xero');
  rememberFilters('a', 'stale:>7d is:red');
  expect(recentFilters('a')).toEqual(['stale:>7d', 'is:red', 'platform:xero']);
  expect(recentFilters('b')).toEqual([]);
});

test('a search without filters, and a filter that is not whole, leave no trace', () => {
  rememberFilters('a', 'acme is: is:reddish');
  expect(recentFilters('a')).toEqual([]);
});

test('at most eight are remembered, and what is stored wrong counts as none', () => {
  for (let at = 0; at < 12; at += 1) rememberFilters('a', `name:n${at}`);
  expect(recentFilters('a')).toHaveLength(8);
  expect(recentFilters('a')[0]).toBe('name:n11');
  localStorage.setItem('portal-recent-filters-a', '{"x":1}');
  expect(recentFilters('a')).toEqual([]);
});
