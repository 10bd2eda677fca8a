import { afterEach, beforeEach, expect, test } from 'vitest';
import { CompanyList, STANDARD_SORT } from './company-list.svelte';
import { listOf, makeCompanies } from '../test/data';
import { stubHost } from '../test/stub-host';
import { SelectionModel } from './selection.svelte';

let list: CompanyList;
let selected: SelectionModel;

beforeEach(async () => {
  stubHost(listOf(makeCompanies(700)));
  list = new CompanyList();
  list.start(STANDARD_SORT);
  await list.again();
  selected = new SelectionModel(list);
});

afterEach(() => list.stop());

function id(index: number): string {
  const row = list.row(index);
  if (row === undefined) throw new Error(`no row ${index}`);
  return row.id;
}

test('a company is selected and no longer', () => {
  selected.toggle(id(3), 3);
  expect([selected.count, selected.has(id(3)), selected.has(id(4))]).toEqual([1, true, false]);
  selected.toggle(id(3), 3);
  expect(selected.count).toBe(0);
});

test('a range grows and shrinks with where it goes, and keeps what was selected besides', async () => {
  selected.toggle(id(20), 20);
  selected.clearAnchor();
  await selected.extend(3, 6);
  expect(selected.count).toBe(5);
  await selected.extend(6, 4);
  expect([3, 4, 5, 20].map((index) => selected.has(id(index)))).toEqual([true, true, false, true]);
});

test('rows that are not here are fetched for a range', async () => {
  expect(list.row(650)).toBeUndefined();
  const rows = list.total;
  await selected.extend(0, rows - 1);
  expect(selected.count).toBe(rows);
});

test('all that match are selected without being here, and some can be left out', () => {
  selected.all();
  const matching = list.page?.matching ?? 0;
  expect([selected.count, selected.isAll]).toEqual([matching, true]);
  selected.toggle(id(2), 2);
  expect(selected.count).toBe(matching - 1);
  expect(selected.toWire).toEqual({ companies: [], search: '', except: [id(2)] });
});

test('none, some or all are selected, all also where each was selected on its own', async () => {
  expect(selected.extent).toBe('none');
  selected.toggle(id(0), 0);
  expect(selected.extent).toBe('some');
  selected.all();
  expect(selected.extent).toBe('all');
  selected.toggle(id(0), 0);
  expect(selected.extent).toBe('some');

  stubHost(listOf(makeCompanies(3)));
  await list.again();
  selected.clear();
  for (const at of [0, 1]) selected.toggle(id(at), at);
  expect(selected.extent).toBe('some');
  selected.toggle(id(2), 2);
  expect(selected.extent).toBe('all');
});

test('all of one search is not all of another, and companies that were named stay', () => {
  selected.toggle(id(1), 1);
  selected.onSearchChanged('is:red');
  expect(selected.count).toBe(1);
  selected.all();
  selected.onSearchChanged('is:red');
  expect(selected.count).toBe(0);
});
