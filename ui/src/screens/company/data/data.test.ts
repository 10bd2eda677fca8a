import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { session } from '../../../lib/session.svelte';
import { shell } from '../../../lib/shell.svelte';
import type {
  CellView,
  RecordRow,
  RecordsPage,
  RecordsRequest,
  StatementRow,
  TypeView,
} from '../../../lib/wire';
import { makeCompany, makeSession } from '../../../test/data';
import { fails, stubHost, type StubHost } from '../../../test/stub-host';
import { MAX_LENGTH, shorten } from './long-text';
import Records from './Records.svelte';
import { PAGE, RecordList } from './records.svelte';
import StatementTable from './StatementTable.svelte';

const company = makeCompany();

let backend: StubHost;

const invoices: TypeView = {
  key: 'invoices',
  name: 'Invoices',
  shape: 'records',
  word: 'Complete',
  phase: 'done',
  lastRead: 1,
};

function cell(change: Partial<CellView>): CellView {
  return { kind: 'text', text: '', refersTo: null, id: null, at: null, ...change };
}

function row(number: number): RecordRow {
  return {
    id: `r${number}`,
    isDeleted: false,
    cells: [
      cell({ text: `INV-${number}` }),
      cell({ kind: 'number', text: '£1.50' }),
      cell({ kind: 'reference', text: 'Ada', refersTo: 'customers', id: 'c1' }),
    ],
  };
}

function page(change: Partial<RecordsPage> = {}): RecordsPage {
  return {
    name: 'Invoices',
    columns: [
      { label: 'Number', numeric: false, order: 'invoiceNumber', choices: [], shown: true },
      { label: 'Total', numeric: true, order: 'totalAmount', choices: [], shown: true },
      { label: 'Customer', numeric: false, order: 'customerRef.companyName', choices: [], shown: true },
    ],
    rows: [row(1), row(2)],
    total: 2,
    page: 1,
    pages: 1,
    asOf: 1,
    failure: null,
    problem: null,
    absence: null,
    properties: ['invoiceNumber', 'totalAmount'],
    connections: [],
    connection: null,
    accounts: [],
    account: null,
    copy: { at: 1, making: null, possible: true },
    ...change,
  };
}

beforeEach(async () => {
  backend = stubHost({ session: () => makeSession(), records: () => page(), copyRecords: () => ({}) });
  await session.load();
  // A grid in a page without measures draws what fits into none.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
});

function asked(): RecordsRequest[] {
  return backend.argsOf('records');
}

test('what is kept comes first, and is brought up to date beside it', async () => {
  const list = new RecordList({ company: company.id, dataType: 'invoices' });
  list.start();
  await vi.waitFor(() => expect(list.row(1)?.id).toBe('r2'));
  await vi.waitFor(() => expect(backend.calls.some(({ name }) => name === 'copyRecords')).toBe(true));
  expect(asked()[0]?.kept).toBe(true);
  list.stop();
});

test('an answer to a question that nobody asks any more is dropped', async () => {
  const list = new RecordList({ company: company.id, dataType: 'invoices' });
  backend.stubs.records = ({ query }) =>
    page({ total: query === '' ? 2 : 1, rows: query === '' ? [row(1), row(2)] : [row(7)] });
  const first = list.choose({ query: '' });
  const second = list.choose({ query: 'totalAmount>5' });
  await Promise.all([first, second]);
  expect(list.total).toBe(1);
  expect(list.row(0)?.id).toBe('r7');
});

/** Two hundred invoices in two pages, of which the second comes when it is let go. */
function heldSecondPage(copy: () => number): () => void {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  backend.stubs.records = async (request) => {
    const at = copy();
    if (request.page === 2) await held;
    const rows = Array.from({ length: PAGE }, (_, place) =>
      row((request.page - 1) * PAGE + place + at * 1000),
    );
    return page({
      page: request.page,
      pages: 2,
      total: 2 * PAGE,
      rows,
      copy: { at, making: null, possible: true },
    });
  };
  return letGo;
}

test('rows that are seen stay until those of a newer copy are here', async () => {
  let copy = 1;
  heldSecondPage(() => copy)();
  const list = new RecordList({ company: company.id, dataType: 'invoices' });
  list.start();
  list.look({ first: 0, end: 10 });
  await vi.waitFor(() => expect(list.row(PAGE)?.id).toBe(`r${PAGE + 1000}`));
  const letGo = heldSecondPage(() => copy);
  copy = 2;
  await list.load(true);
  await vi.waitFor(() => expect(list.row(0)?.id).toBe('r2000'));
  expect(list.row(PAGE)?.id, 'the older one').toBe(`r${PAGE + 1000}`);
  letGo();
  await vi.waitFor(() => expect(list.row(PAGE)?.id).toBe(`r${PAGE + 2000}`));
  list.stop();
});

test('Enter on a row that has yet to come opens it when it is here', async () => {
  const letGo = heldSecondPage(() => 1);
  backend.stubs.recordJson = () => ({ json: '{}' });
  render(Records, { company, type: invoices, record: null });
  (await screen.findByRole('grid', { name: 'Invoices' })).focus();
  await userEvent.keyboard('{Control>}{End}{/Control}{Enter}');
  expect(shell.company?.subpath ?? []).toEqual([]);
  letGo();
  await waitFor(() => expect(shell.company?.subpath).toEqual(['invoices', `r${2 * PAGE - 1 + 1000}`]));
});

test('what cannot be asked for says why, and what is kept stays', async () => {
  backend.stubs.copyRecords = fails('offline', 'No network.');
  const list = new RecordList({ company: company.id, dataType: 'invoices' });
  list.start();
  await vi.waitFor(() => expect(list.failure?.message).toBe('No network.'));
  expect(list.row(0)?.id).toBe('r1');
  list.stop();
});

test('of two loads the newer says how it went, and a page that comes says nothing of it', async () => {
  let endFirst = () => {};
  const first = new Promise<Record<string, never>>((resolve) => (endFirst = () => resolve({})));
  const fail = fails('offline', 'Codat is in trouble.');
  backend.stubs.copyRecords = ({ always }) => (always ? fail() : first);
  const list = new RecordList({ company: company.id, dataType: 'invoices' });
  list.start();
  await vi.waitFor(() => expect(backend.calls.some(({ name }) => name === 'copyRecords')).toBe(true));
  await list.load(true);
  expect(list.failure?.message).toBe('Codat is in trouble.');
  endFirst();
  await list.choose({ query: 'status=Paid' });
  expect(list.failure?.message).toBe('Codat is in trouble.');
  expect(list.asking).toBe(false);
  list.stop();
});

test('a heading sorts one way, the other, and not at all', async () => {
  render(Records, { company, type: invoices, record: null });
  const heading = await screen.findByRole('button', { name: 'Total' });
  await userEvent.click(heading);
  await waitFor(() => expect(asked().at(-1)?.orderBy).toBe('totalAmount'));
  expect(screen.getByRole('columnheader', { name: 'Total' })).toHaveAttribute('aria-sort', 'ascending');
  await userEvent.click(heading);
  await waitFor(() => expect(asked().at(-1)?.orderBy).toBe('-totalAmount'));
  await userEvent.click(heading);
  await waitFor(() => expect(asked().at(-1)?.orderBy).toBe(''));
});

test('a query that cannot be read says so with an example, and the records stay', async () => {
  const problem = 'Error parsing query - Malformed query.';
  backend.stubs.records = ({ query }) => (query === '' ? page() : page({ rows: [], total: 0, problem }));
  render(Records, { company, type: invoices, record: null });
  const box = await screen.findByRole('combobox', { name: 'Query invoices' });
  await userEvent.type(box, 'status=={Enter}');
  expect(await screen.findByRole('alert')).toHaveTextContent('We couldn’t read this query. Try');
  expect(box).toHaveAttribute('aria-invalid', 'true');
  expect(box).toHaveValue('status==');
  expect(screen.getAllByRole('row').length).toBeGreaterThan(1);
  expect(screen.queryByText(/match/)).toBeNull();
});

test('where one account has nothing the others can still be chosen', async () => {
  const accounts = [
    { key: 'a1', name: 'Current account' },
    { key: 'a2', name: 'Savings' },
  ];
  const absence = { title: 'Nothing', text: 'Nothing was found.', step: 'nothing' } as const;
  backend.stubs.records = () => page({ rows: [], total: 0, accounts, account: 'a1', absence });
  render(Records, { company, type: invoices, record: null });
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Bank account' }), 'Savings');
  await waitFor(() => expect(asked().at(-1)?.account).toBe('a2'));
  expect(screen.queryByRole('button', { name: 'Export' })).toBeNull();
});

test('a reference opens what it refers to', async () => {
  render(Records, { company, type: invoices, record: null });
  const [reference] = await screen.findAllByRole('button', { name: 'Ada' });
  await userEvent.click(reference as HTMLElement);
  expect(shell.company).toEqual({ id: company.id, tab: 'data', subpath: ['customers', 'c1'] });
});

test('a file is exported, and saved by the page where the application did not', async () => {
  backend.stubs.exportRecords = () => ({ records: 2, missing: 0, path: null, download: 'file' });
  render(Records, { company, type: invoices, record: null });
  await userEvent.click(await screen.findByRole('button', { name: 'Export' }));
  const menu = shell.menu?.entries.find((part) => part.id === 'csv');
  if (menu?.kind === 'line') menu.run();
  await waitFor(() => expect(backend.saved).toEqual(['file']));
});

test('of a record of megabytes a part is drawn, and it says so', () => {
  const { text, left } = shorten('x'.repeat(5_000_000));
  expect(text.length).toBe(MAX_LENGTH + 1);
  expect(left).toContain('5.0 million');
  expect(shorten('short').left).toBeNull();
});

test('of ten thousand lines a window is drawn, and each says which it is', () => {
  const figure = { kind: 'exact' as const, text: '1.00' };
  const rows: StatementRow[] = Array.from({ length: 10_000 }, (_, at) => ({
    kind: 'line',
    depth: at % 4,
    label: `Line ${at}`,
    figures: [figure],
  }));
  render(StatementTable, {
    name: 'Profit and loss',
    span: 'month',
    columns: [{ label: 'Oct 2026', missing: null }],
    rows,
  });
  expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '10001');
  expect(screen.getAllByRole('row').length).toBeLessThan(60);
});
