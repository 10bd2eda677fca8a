import { expect, test } from 'vitest';
import { MemoryList } from './memory-list.svelte';

test('the keyboard follows its row when rows come and go', () => {
  let rows = $state.raw(['xero', 'plaid', 'stripe']);
  const list = new MemoryList(
    () => rows,
    (row) => row,
  );
  list.activate(1);
  expect(list.activeRow).toBe('plaid');
  rows = ['square', 'xero', 'plaid', 'stripe'];
  expect([list.activeIndex, list.activeRow]).toEqual([2, 'plaid']);
  rows = ['square'];
  expect([list.activeIndex, list.activeRow], 'its row is gone').toEqual([0, 'square']);
  rows = [];
  expect([list.activeIndex, list.activeRow]).toEqual([0, null]);
});
