import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeHost, type FakeHost } from '../../dev/fake-host';
import { setHost } from '../../lib/host';
import { companyList, runList, selection } from '../../lib/lists';
import { session } from '../../lib/session.svelte';
import { shell } from '../../lib/shell.svelte';
import { STANDARD_SORT } from '../../lib/company-list.svelte';
import Refreshes from './Refreshes.svelte';
import RefreshSheet from './RefreshSheet.svelte';

let fake: FakeHost;

beforeEach(async () => {
  fake = fakeHost({ companies: 40 });
  setHost(fake);
  await session.load();
  companyList.start(STANDARD_SORT);
  await companyList.again();
  runList.start();
  await runList.refetch();
});

afterEach(() => {
  cleanup();
  companyList.stop();
  runList.stop();
  selection.clear();
  shell.openRunId = null;
  shell.refreshingSelection = null;
  setHost(null);
});

/** The run that is shown. */
async function detail(label: string): Promise<HTMLElement> {
  return screen.findByRole('region', { name: `Refresh of ${label}` });
}

test('the newest run is shown with how it stands, and another one on a click', async () => {
  render(Refreshes);
  const newest = await detail('1000 companies');
  expect(within(newest).getByText('190 read, 180 reading, 618 to go, 3 failed, 9 left out')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: /^Weekly, all companies/ }));
  expect(
    within(await detail('Weekly, all companies')).getByText(
      '318 read, 2 read already, 3 not seen to end, 12 left out',
    ),
  ).toBeTruthy();
});

test('a run is paused and resumed, and says what that means', async () => {
  render(Refreshes);
  await fireEvent.click(within(await detail('1000 companies')).getByRole('button', { name: 'Pause' }));
  expect(await screen.findByText('Nothing is asked for until it is resumed.')).toBeTruthy();
  await fireEvent.click(within(await detail('1000 companies')).getByRole('button', { name: 'Resume' }));
  expect(fake.calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['pauseRun', 'resumeRun']));
});

test('what failed can be tried again where that can help', async () => {
  render(Refreshes);
  await fireEvent.click(screen.getByRole('button', { name: /^25 companies/ }));
  const button = within(await detail('25 companies')).getByRole('button', {
    name: /^Retry 2/,
  });
  await fireEvent.click(button);
  expect(fake.calls).toContainEqual({ name: 'retryFailed', args: { run: 1 } });
});

test('the sheet says what a refresh costs before it begins, and shows the run after', async () => {
  selection.all();
  render(RefreshSheet, { selection: selection.toWire });
  expect(await screen.findByText('35 requests')).toBeTruthy();
  expect(screen.getByText('Left out: nothing is linked')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Refresh 35 companies' }));
  await expect.poll(() => shell.openRunId).toBe(5);
  expect([shell.screen, selection.count]).toEqual(['refreshes', 0]);
});

test('a refresh that safe mode holds says so', async () => {
  fake.runs = fake.runs.map((run) => ({ ...run, isHeld: run.endedAt === null && run.state === 'running' }));
  await runList.refetch();
  render(Refreshes);
  expect(screen.getAllByText('Held by safe mode').length).toBeGreaterThan(0);
  expect(screen.getByText('Safe mode “View” holds the rest. It goes on in “Operate”.')).toBeTruthy();
});

test('in a safe mode that allows no refresh nothing is resumed', async () => {
  fake.runs = fake.runs.map((run) => ({ ...run, state: run.endedAt === null ? 'paused' : run.state }));
  fake.session.workspaces = fake.session.workspaces.map((one) => ({ ...one, safeMode: 'view' as const }));
  await session.load();
  await runList.refetch();
  render(Refreshes);
  const button = within(await detail('1000 companies')).getByRole('button', { name: 'Resume' });
  await fireEvent.click(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(fake.calls.some(({ name }) => name === 'resumeRun')).toBe(false);
});
