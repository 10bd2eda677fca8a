// What is done with many companies: exports, and copied Link URLs.
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { toast } from 'svelte-sonner';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emitEvent } from '../../lib/events';
import { companyList, selection } from '../../lib/lists';
import { session } from '../../lib/session.svelte';
import { shell } from '../../lib/shell.svelte';
import type { ToastMessage } from '../../lib/toasts';
import type { Exported, Session } from '../../lib/wire';
import { listOf, makeCompanies, makeSession, toCopy } from '../../test/data';
import { Failure } from '../../lib/host';
import { stubHost, type StubHost } from '../../test/stub-host';
import Companies from './Companies.svelte';
import SelectionBar from './SelectionBar.svelte';

let backend: StubHost;
let kept: Session;
let shown: ToastMessage[];

const exported: Exported = { records: 3, missing: 0, path: '/home/ada/companies.xlsx', download: null };

/** The list with the place that its menus need. */
function renderList(): void {
  if (document.getElementById('layers') === null) {
    const layers = document.body.appendChild(document.createElement('div'));
    layers.id = 'layers';
  }
  render(Companies);
}

beforeEach(async () => {
  kept = makeSession();
  backend = stubHost({
    ...listOf(makeCompanies(3)),
    session: () => kept,
    copyText: ({ text, label }) => toCopy(text, label),
    exportCompanies: () => exported,
  });
  shown = [];
  vi.spyOn(toast, 'custom').mockImplementation((_card, options) => {
    shown.push((options?.componentProps as unknown as { message: ToastMessage }).message);
    return '';
  });
  await session.load();
  Object.assign(shell, { screen: 'companies', menu: null });
  companyList.search = '';
  companyList.start({ column: 'created', descending: true });
  await vi.waitFor(() => expect(companyList.row(0)).toBeDefined());
  selection.clear();
});

afterEach(() => {
  companyList.stop();
  selection.clear();
  vi.restoreAllMocks();
});

function chooseInMenu(id: string): void {
  const line = shell.menu?.entries.find((one) => one.id === id);
  if (line?.kind !== 'line') throw new Error(`the menu has no ${id}`);
  line.run();
}

test('the export has the search, the order and the shown columns in their order', async () => {
  kept = makeSession();
  kept.preferences.columns = [
    { key: 'name', width: null, shown: true },
    { key: 'tags', width: null, shown: true },
    { key: 'id', width: null, shown: false },
  ];
  await session.load();
  companyList.setSearch('tag:uk');
  await vi.waitFor(() => expect(companyList.answeredSearch).toBe('tag:uk'));
  renderList();
  await userEvent.click(screen.getByRole('button', { name: 'Export' }));
  expect(shell.menu?.entries[0]).toMatchObject({ kind: 'heading', label: '3 companies' });
  chooseInMenu('xlsx');
  await waitFor(() => expect(shown).toMatchObject([{ title: '3 companies exported', text: exported.path }]));
  const [sent] = backend.argsOf('exportCompanies');
  expect(sent).toMatchObject({
    selection: { companies: [], search: 'tag:uk', except: [] },
    sort: { column: 'created', descending: true },
    columns: ['name', 'tags', 'createdBy', 'created', 'lastRead', 'connections'],
    format: 'xlsx',
  });
});

test('the export of a selection has the selected companies alone', async () => {
  selection.toggle('company-2', 1);
  render(SelectionBar);
  await userEvent.click(screen.getByRole('button', { name: 'Export…' }));
  expect(shell.menu?.entries[0]).toMatchObject({ label: '1 selected company' });
  chooseInMenu('csv');
  await waitFor(() => expect(backend.argsOf('exportCompanies')).toHaveLength(1));
  const [sent] = backend.argsOf('exportCompanies');
  expect(sent?.selection).toEqual({ companies: ['company-2'], search: null, except: [] });
});

test('an export shows how far it is and can be stopped', async () => {
  let stop: (reason: Failure) => void = () => {};
  backend.stubs.exportCompanies = () => new Promise((_, reject) => (stop = reject));
  backend.stubs.stopExport = () => {
    stop(new Failure({ code: 'cancelled', message: 'The export was stopped.', detail: null }));
    return {};
  };
  renderList();
  await userEvent.click(screen.getByRole('button', { name: 'Export' }));
  chooseInMenu('csv');
  const status = await screen.findByText('Exporting: starting');
  expect(screen.getByRole('button', { name: 'Export' })).toBeDisabled();
  const id = backend.argsOf('exportCompanies')[0]?.id ?? '';
  emitEvent({ type: 'export', id, records: 1, total: 3 });
  await waitFor(() => expect(status).toHaveTextContent('Exporting: 1 of 3'));
  await userEvent.click(screen.getByRole('button', { name: 'Stop export' }));
  await waitFor(() => expect(shown).toMatchObject([{ title: 'Export stopped' }]));
  expect(screen.queryByText(/^Exporting/)).toBeNull();
});

test('copied Link URLs come with what was skipped, and from when they are', async () => {
  const copied = { ...toCopy('Company 1: https://link.test\n', '1 Link URL'), asOf: Date.UTC(2026, 10, 23) };
  backend.stubs.copyCompanyLinks = () => ({ copied, links: 1, leftOut: 2 });
  selection.all();
  render(SelectionBar);
  await userEvent.click(screen.getByRole('button', { name: 'Copy Link URLs' }));
  chooseInMenu('csv');
  await waitFor(() => expect(shown).toHaveLength(1));
  expect(shown[0]).toMatchObject({ tone: 'warning', title: 'Link URL copied' });
  expect(shown[0]?.text).toMatch(/^Skipped 2 companies .* works only once\. From the check of .*23 Nov/);
  expect(backend.clipboard).toEqual([copied.text]);
  expect(backend.argsOf('copyCompanyLinks')).toEqual([
    {
      selection: { companies: [], search: '', except: [] },
      sort: { column: 'created', descending: true },
      form: 'csv',
    },
  ]);
});
