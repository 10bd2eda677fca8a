import { expect, test, vi } from 'vitest';
import { pageLoads } from './page-loads.svelte';

test('loading again asks for every part of the page that isn’t loading already', () => {
  const [types, records] = [vi.fn(), vi.fn()];
  let isBusy = true;
  const withdrawTypes = pageLoads.add({ load: types, isLoading: () => isBusy });
  const withdrawRecords = pageLoads.add({ load: records });
  pageLoads.loadAgain();
  expect([types.mock.calls.length, records.mock.calls.length]).toEqual([0, 1]);
  isBusy = false;
  pageLoads.loadAgain();
  expect([types.mock.calls.length, records.mock.calls.length]).toEqual([1, 2]);
  withdrawTypes();
  withdrawRecords();
  expect(pageLoads.canLoad).toBe(false);
});

test('a part that only refreshes offers nothing to load', () => {
  const refresh = () => ({ label: 'Refresh invoices', disabledReason: null, run: () => {} });
  const withdraw = pageLoads.add({ refresh });
  expect(pageLoads.canLoad).toBe(false);
  expect(pageLoads.refreshes.map(({ label }) => label)).toEqual(['Refresh invoices']);
  withdraw();
});
