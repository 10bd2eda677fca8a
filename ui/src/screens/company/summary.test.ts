import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { session } from '../../lib/session.svelte';
import { shell } from '../../lib/shell.svelte';
import type { AbsenceView, Chart, MeasureView } from '../../lib/wire';
import { makeCompaniesPage, makeCompany, makeMeasure, makeSession, makeSummary } from '../../test/data';
import { stubHost, type StubHost } from '../../test/stub-host';
import MonthlyChart from './MonthlyChart.svelte';
import KeyFigures from './KeyFigures.svelte';

const company = makeCompany();

let backend: StubHost;

beforeEach(async () => {
  backend = stubHost({
    session: () => makeSession(),
    refreshData: () => ({ queued: true }),
    companies: () => makeCompaniesPage([]),
  });
  await session.load();
});

function without(absence: AbsenceView): MeasureView {
  const nothing = { short: null, whole: null, period: null, change: null, changeWords: null };
  return makeMeasure({ ...nothing, absence });
}

test('a figure is short for the eye, and every digit of it can be read', () => {
  render(KeyFigures, { company, summary: makeSummary({}), onload: () => {} });
  expect(screen.getAllByText('£1.34m')[0]).toHaveAttribute('aria-hidden', 'true');
  expect(screen.getAllByTitle('£1,340,123.45')).toHaveLength(3);
  expect(screen.getAllByText('+£164k on the year before')[0]).toBeVisible();
});

test('each absence has its words, and what helps is offered once', async () => {
  const never = (what: string): AbsenceView => ({
    title: 'Never read',
    text: `Codat hasn’t synced ${what}.`,
    step: 'refresh',
  });
  const flows = without(never('profit and loss'));
  const equity = without(never('balance sheets'));
  const summary = makeSummary({ revenue: flows, operatingProfit: flows, equity });
  render(KeyFigures, { company, summary, onload: () => {} });
  expect(screen.getByRole('heading', { name: 'Revenue and operating profit' })).toBeVisible();
  expect(screen.getByText('Codat hasn’t synced balance sheets.')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Refresh data' }));
  await waitFor(() => expect(backend.calls.some(({ name }) => name === 'refreshData')).toBe(true));
});

test('what was not asked for is asked for', async () => {
  let asked = 0;
  const absence: AbsenceView = { title: 'Not loaded yet', text: 'Not asked.', step: 'ask' };
  const all = { revenue: without(absence), operatingProfit: without(absence), equity: without(absence) };
  render(KeyFigures, { company, summary: makeSummary(all), onload: () => (asked += 1) });
  await userEvent.click(screen.getByRole('button', { name: 'Load now' }));
  expect(asked).toBe(1);
});

const exact = (text: string) => ({ kind: 'exact' as const, text });
const chart: Chart = {
  zero: 0,
  marks: [{ at: 0, label: '£0' }],
  months: [
    {
      letter: 'S',
      label: 'Sep 2026',
      revenue: exact('£10.50'),
      operatingProfit: exact('−£2.25'),
      revenueAt: 10,
      profitAt: 0,
    },
    {
      letter: 'O',
      label: 'Oct 2026',
      revenue: { kind: 'missing', text: 'No statement' },
      operatingProfit: { kind: 'missing', text: 'No statement' },
      revenueAt: null,
      profitAt: null,
    },
  ],
};

test('the months can be read as a table, and what is missing says so', async () => {
  render(MonthlyChart, { company, chart });
  await userEvent.click(screen.getByRole('button', { name: 'Table' }));
  expect(screen.getByRole('row', { name: 'Sep 2026 £10.50 −£2.25' })).toBeVisible();
  expect(screen.getByRole('row', { name: 'Oct 2026 No statement No statement' })).toBeVisible();
});

test('an absence of several currencies leads to the statement', async () => {
  const absence: AbsenceView = { title: 'Several currencies', text: 'Not added up.', step: 'statement' };
  render(KeyFigures, { company, summary: makeSummary({ revenue: without(absence) }), onload: () => {} });
  await userEvent.click(screen.getByRole('button', { name: 'Open the statement' }));
  expect(shell.company).toEqual({ id: company.id, tab: 'data', subpath: ['profitAndLoss'] });
});
