import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommandName } from './calls';
import type { CompaniesPage, CompanyRow, Rows, View } from './wire';
import { makeCompanies, makeCompaniesPage, makeCompany } from '../test/data';
import { fails, stubHost, type StubHost } from '../test/stub-host';
import { CompanyList } from './company-list.svelte';
import type { Moved } from './paged-list.svelte';

const BY_NAME = { column: 'name', descending: false } as const;

let backend: StubHost;
let list: CompanyList;
/** What the application has, by name: 990 companies, and 10 in a harbour. */
let kept: CompanyRow[];
let version: number;

/** A search finds the names that begin with it. */
function found({ search, sort }: View): CompanyRow[] {
  const rows = kept.filter((row) => row.name.toLowerCase().startsWith(search));
  return sort.descending ? rows.reverse() : rows;
}

function answer(view: View): CompaniesPage {
  const rows = found(view);
  const at = rows.findIndex((row) => row.id === view.locate);
  return makeCompaniesPage(rows, { version, located: at < 0 ? null : at });
}

function pageOf(view: View, offset: number, limit: number): Rows {
  return { version, offset, rows: found(view).slice(offset, offset + limit) };
}

/** From now on each answer of the list waits until it is let go. */
function hold(): (() => void)[] {
  const held: (() => void)[] = [];
  backend.stubs.companies = async (view) => {
    await new Promise<void>((resolve) => held.push(resolve));
    return answer(view);
  };
  return held;
}

beforeEach(async () => {
  version = 1;
  kept = makeCompanies(1_000).map((row, at) => (at < 990 ? row : { ...row, name: `Harbour ${at}` }));
  backend = stubHost({
    companies: answer,
    rows: ({ view, offset, limit }) => pageOf(view, offset, limit),
  });
  list = new CompanyList();
  list.start(BY_NAME);
  await vi.waitFor(() => expect(list.page).not.toBeNull());
});

afterEach(() => list.stop());

const names = (count: number) => Array.from({ length: count }, (_, at) => list.row(at)?.name);
const change = () => {
  version += 1;
  backend.emit({ type: 'changed', version });
};
const callsOf = (name: CommandName) => backend.calls.filter((call) => call.name === name);

test('the first rows come with the first answer, the next when they are looked at', async () => {
  expect(list.total).toBe(1_000);
  expect(list.row(199)).toBeDefined();
  expect(list.row(200)).toBeUndefined();
  list.look({ first: 0, end: 20 });
  await vi.waitFor(() => expect(list.row(200), 'one page ahead').toBeDefined());
  list.look({ first: 800, end: 820 });
  await vi.waitFor(() => expect(list.row(810)).toBeDefined());
  expect(list.row(799), 'one page back').toBeDefined();
});

test('looking twice asks once', async () => {
  list.look({ first: 400, end: 420 });
  list.look({ first: 401, end: 421 });
  await vi.waitFor(() => expect(list.row(410)).toBeDefined());
  const asked = callsOf('rows').length;
  list.look({ first: 402, end: 422 });
  expect(callsOf('rows')).toHaveLength(asked);
});

test('only a few pages are kept', async () => {
  for (const first of [0, 200, 400, 600, 800]) {
    list.look({ first, end: first + 20 });
    await vi.waitFor(() => expect(list.row(first)).toBeDefined());
  }
  expect(list.row(999)).toBeDefined();
  expect(list.row(0), 'the first page stays').toBeDefined();
});

test('a change keeps rows on screen, and says by how many the eye must move', async () => {
  const moves: Moved[] = [];
  list.onMoved = (moved) => moves.push(moved);
  list.look({ first: 300, end: 320 });
  await vi.waitFor(() => expect(list.row(300)).toBeDefined());
  const seen = list.row(300);
  if (!seen) throw new Error('rows are there');
  kept = [makeCompany({ id: 'added', name: ' A first name' }), ...kept];
  change();
  await vi.waitFor(() => expect(list.total).toBe(1_001));
  expect(list.row(301)?.id).toBe(seen.id);
  expect(moves).toEqual([{ kind: 'shift', rows: 1 }]);
});

test('the keyboard stays with its company when rows move', async () => {
  list.activate(5);
  const id = list.activeId;
  kept = [makeCompany({ id: 'added', name: ' A first name' }), ...kept];
  change();
  await vi.waitFor(() => expect(list.total).toBe(1_001));
  expect(list.activeIndex).toBe(6);
  expect(list.activeRow?.id).toBe(id);
});

test('when the company under the keyboard is gone, the keyboard keeps its place', async () => {
  list.activate(999);
  kept = kept.slice(0, 10);
  change();
  await vi.waitFor(() => expect(list.total).toBe(10));
  expect(list.activeIndex).toBe(9);
  expect(list.activeId).toBe(list.row(9)?.id);
});

test('another search begins at the top, and while one is answered the letters gather', async () => {
  const moves: Moved[] = [];
  list.onMoved = (moved) => moves.push(moved);
  const held = hold();
  for (const search of ['h', 'ha', 'har', 'harbour']) list.setSearch(search);
  expect(held).toHaveLength(1);
  held[0]?.();
  await vi.waitFor(() => expect(held).toHaveLength(2));
  held[1]?.();
  await vi.waitFor(() => expect(list.answeredSearch).toBe('harbour'));
  expect(names(list.total).every((name) => name?.startsWith('Harbour'))).toBe(true);
  expect(moves.every((moved) => moved.kind === 'reset')).toBe(true);
});

test('another order overtakes a search that is still being answered', async () => {
  const held = hold();
  list.setSearch('harbour');
  list.setSort({ column: 'name', descending: true });
  held[1]?.();
  await vi.waitFor(() => expect(list.answeredSearch).toBe('harbour'));
  const first = list.row(0)?.name;
  held[0]?.();
  await new Promise((resolve) => setTimeout(resolve));
  expect(list.row(0)?.name, 'the late answer is dropped').toBe(first);
});

test('rows of another version are not mixed in', async () => {
  backend.stubs.rows = ({ view, offset, limit }) => ({ ...pageOf(view, offset, limit), version: 99 });
  list.look({ first: 400, end: 420 });
  await vi.waitFor(() => expect(callsOf('companies').length).toBeGreaterThan(1));
  expect(list.row(400)).toBeUndefined();
});

test('a parent opens in place', async () => {
  const parent = makeCompany({ id: 'parent', subsidiaries: 1 });
  const child = makeCompany({ id: 'child', parent: { id: 'parent', name: parent.name }, depth: 1 });
  backend.stubs.companies = ({ expanded }) => {
    const family = expanded.includes('parent') ? [parent, child] : [parent];
    return makeCompaniesPage([...family, ...kept.slice(2)], { version });
  };
  change();
  await vi.waitFor(() => expect(list.total).toBe(999));
  list.toggleExpanded(parent.id);
  await vi.waitFor(() => expect(list.total).toBe(1_000));
  expect(list.row(list.indexOf(parent.id) + 1)).toMatchObject({ id: child.id, depth: 1 });
});

test('a row that was changed here is shown at once', () => {
  const row = list.row(3);
  if (!row) throw new Error('rows are there');
  list.put({ ...row, name: 'Changed' });
  expect(list.row(3)?.name).toBe('Changed');
});

test('an error leaves the rows that are there', async () => {
  backend.stubs.companies = fails('database');
  list.setSearch('x');
  await vi.waitFor(() => expect(list.failure?.code).toBe('database'));
  expect(list.row(0)).toBeDefined();
});

test('a list that was left is where it was', async () => {
  list.look({ first: 290, end: 310 });
  await vi.waitFor(() => expect(list.row(300)).toBeDefined());
  list.activate(300);
  list.leave({ rows: 290.5, left: 40, col: 2 });
  change();
  await vi.waitFor(() => expect(callsOf('companies').length).toBeGreaterThan(1));
  await vi.waitFor(() => expect(list.asking).toBe(false));
  expect(list.comeBack()).toEqual({ rows: 290.5, left: 40, col: 2 });
  expect(list.comeBack(), 'once').toBeNull();
});

test('a row that moved far while another screen was shown is found again, and the eye goes with it', async () => {
  list.look({ first: 290, end: 310 });
  await vi.waitFor(() => expect(list.row(300)).toBeDefined());
  list.activate(300);
  const id = list.activeId;
  list.leave({ rows: 290, left: 0, col: 0 });
  const row = list.row(300);
  if (!row) throw new Error('the row is there');
  kept = [...kept.filter((one) => one.id !== id), { ...row, name: 'zzz, renamed' }];
  change();
  await vi.waitFor(() => expect(list.activeIndex).toBeGreaterThan(600));
  expect(list.activeId).toBe(id);
  expect(list.comeBack()?.rows).toBe(290 + list.activeIndex - 300);
});

test('another search has no place to come back to', async () => {
  list.leave({ rows: 290, left: 0, col: 0 });
  list.setSearch('name:a');
  await vi.waitFor(() => expect(list.answeredSearch).toBe('name:a'));
  expect(list.comeBack()).toBeNull();
});

const idAt = (index: number) => list.row(index)?.id ?? '';

test('a company has its neighbors within the search and order of the list, and none at the ends', () => {
  expect(list.neighborOf(idAt(4), 1)).toBe(idAt(5));
  expect(list.neighborOf(idAt(4), -1)).toBe(idAt(3));
  expect(list.neighborOf(idAt(0), -1)).toBeNull();
  expect(list.neighborOf('unknown', 1)).toBeNull();
});

test('neighbors are visited past the rows that were loaded, and the list is left there', async () => {
  list.look({ first: 0, end: 20 });
  list.leave({ rows: 0, left: 0, col: 0 });
  list.activate(0);
  for (let at = 0; at < 450; at += 1) {
    const next = await vi.waitFor(() => list.neighborOf(idAt(at), 1) ?? Promise.reject(new Error(`${at}`)));
    list.visit(next);
  }
  expect(list.activeRow?.name).toBe('Company 0451');
  const place = list.comeBack()?.rows ?? 0;
  expect(place).toBeGreaterThan(450 - 20);
  expect(place).toBeLessThanOrEqual(450);
});

test('a company that left the search has the neighbors that it had', async () => {
  list.activate(4);
  const [before, open, after] = [idAt(3), idAt(4), idAt(5)];
  kept = kept.filter((row) => row.id !== open);
  change();
  await vi.waitFor(() => expect(list.indexOf(open)).toBe(-1));
  expect(list.neighborOf(open, 1)).toBe(after);
  expect(list.neighborOf(open, -1)).toBe(before);
});

test('a company that left the end of the search has the last row before it', async () => {
  list.setSearch('harbour');
  await vi.waitFor(() => expect(list.total).toBe(10));
  list.activate(9);
  const [before, open] = [idAt(8), idAt(9)];
  kept = kept.filter((row) => row.id !== open);
  change();
  await vi.waitFor(() => expect(list.indexOf(open)).toBe(-1));
  expect(list.neighborOf(open, 1)).toBeNull();
  expect(list.neighborOf(open, -1)).toBe(before);
});
