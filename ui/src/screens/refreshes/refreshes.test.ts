import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { companyList, runList, selection } from '../../lib/lists';
import { session } from '../../lib/session.svelte';
import { shell } from '../../lib/shell.svelte';
import type { BulkPreview, RunCounts, RunRow, RunState } from '../../lib/wire';
import { listOf, makeCompanies, makeSession, makeWorkspace } from '../../test/data';
import { stubHost, type StubHost } from '../../test/stub-host';
import { STANDARD_SORT } from '../../lib/company-list.svelte';
import BulkSheet from './BulkSheet.svelte';
import Refreshes from './Refreshes.svelte';

const NONE: RunCounts = {
  waiting: 0,
  sent: 0,
  queued: 0,
  running: 0,
  read: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  unseen: 0,
  looking: 0,
};

/** A run of this many companies, that goes on unless something else is said. */
function makeRun(counts: Partial<RunCounts>, change: Partial<RunRow>): RunRow {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    id: 1,
    cause: 'person',
    act: 'refresh',
    label: `${total} companies`,
    state: 'running',
    createdAt: 0,
    startsAt: 0,
    endedAt: null,
    counts: { ...NONE, ...counts },
    total,
    canRetry: 0,
    secondsLeft: 0,
    isOutOfQuota: false,
    isHeld: false,
    canUndo: false,
    ...change,
  };
}

let backend: StubHost;
/** The runs that the application has, the newest first. */
let kept: RunRow[];

/** What the application does with a run: it has another state afterwards. */
function steer(id: number, state: RunState): Record<string, never> {
  kept = kept.map((run) => (run.id === id ? { ...run, state } : run));
  return {};
}

beforeEach(async () => {
  kept = [
    makeRun({ waiting: 612, sent: 6, queued: 180, read: 190, failed: 3, skipped: 9 }, { id: 3 }),
    makeRun(
      { read: 318, skipped: 12, running: 2, unseen: 3 },
      { id: 2, label: 'Weekly, all companies', cause: 'schedule', state: 'done', endedAt: 1 },
    ),
    makeRun({ read: 20, failed: 4, skipped: 1 }, { id: 1, state: 'done', canRetry: 2, endedAt: 1 }),
  ];
  backend = stubHost({
    ...listOf(makeCompanies(40)),
    session: () => makeSession(),
    runs: () => kept,
    runItems: () => ({ total: 0, rows: [] }),
    pauseRun: ({ run }) => steer(run, 'paused'),
    resumeRun: ({ run }) => steer(run, 'running'),
    retryFailed: ({ run }) => steer(run, 'running'),
  });
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
  shell.bulkChange = null;
});

/** The run that is shown. */
async function detail(label: string): Promise<HTMLElement> {
  return screen.findByRole('region', { name: `Refresh of ${label}` });
}

test('the newest run is shown with how it stands, and another one on a click', async () => {
  render(Refreshes);
  const newest = await detail('1000 companies');
  expect(
    within(newest).getByText('190 done, 180 in progress, 618 waiting, 3 failed, 9 skipped'),
  ).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: /^Weekly, all companies/ }));
  expect(
    within(await detail('Weekly, all companies')).getByText(
      '318 done, 2 already in progress, 3 outcome unknown, 12 skipped',
    ),
  ).toBeTruthy();
});

test('a run is paused and resumed, and says what that means', async () => {
  render(Refreshes);
  await fireEvent.click(within(await detail('1000 companies')).getByRole('button', { name: 'Pause' }));
  expect(await screen.findByText('We send nothing until you resume.')).toBeTruthy();
  await fireEvent.click(within(await detail('1000 companies')).getByRole('button', { name: 'Resume' }));
  expect(backend.calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['pauseRun', 'resumeRun']));
});

test('what failed can be tried again where that can help', async () => {
  render(Refreshes);
  await fireEvent.click(screen.getByRole('button', { name: /^25 companies/ }));
  const button = within(await detail('25 companies')).getByRole('button', {
    name: /^Retry 2/,
  });
  await fireEvent.click(button);
  expect(backend.calls).toContainEqual({ name: 'retryFailed', args: { run: 1 } });
});

test('the sheet says what a refresh costs before it begins, and shows the run after', async () => {
  backend.stubs.refreshPreview = () => ({
    companies: 40,
    requests: 35,
    unlinked: 5,
    running: 0,
    seconds: 4,
    leftToday: 24_310,
    day: 61_000,
    dataTypes: [],
  });
  backend.stubs.refreshMany = () => ({ run: 5 });
  selection.all();
  render(BulkSheet, { act: 'refresh', selection: selection.toWire });
  expect(await screen.findByText('35 requests')).toBeTruthy();
  expect(screen.getByText('Skipped: no connections')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Refresh 35 companies' }));
  await expect.poll(() => shell.openRunId).toBe(5);
  expect([shell.screen, selection.count]).toEqual(['refreshes', 0]);
});

test('a refresh that safe mode holds says so', async () => {
  kept = kept.map((run) => ({ ...run, isHeld: run.endedAt === null && run.state === 'running' }));
  await runList.refetch();
  render(Refreshes);
  expect(screen.getAllByText('Blocked by safe mode').length).toBeGreaterThan(0);
  expect(screen.getByText('Safe mode “View” blocks the rest. Switch to “Operate” to continue.')).toBeTruthy();
});

test('in a safe mode that allows no refresh nothing is resumed', async () => {
  kept = kept.map((run) => ({ ...run, state: run.endedAt === null ? 'paused' : run.state }));
  backend.stubs.session = () => makeSession({ workspaces: [makeWorkspace({ safeMode: 'view' })] });
  await session.load();
  await runList.refetch();
  render(Refreshes);
  const button = within(await detail('1000 companies')).getByRole('button', { name: 'Resume' });
  await fireEvent.click(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(backend.calls.some(({ name }) => name === 'resumeRun')).toBe(false);
});

/** What a change of 40 companies costs, and how many of them change. */
function costOf(changing: number, requests: number): BulkPreview {
  return {
    companies: 40,
    changing,
    skipped: [{ reason: 'Already have these tags', companies: 40 - changing }],
    notes: ['71 connections and all data synced from them.'],
    requests,
    seconds: 8,
    leftToday: 24_310,
    day: 61_000,
    tags: [{ key: 'tier', value: 'gold', companies: 7 }],
  };
}

test('tags are added and removed with what it costs and who is skipped said before', async () => {
  backend.stubs.tagPreview = ({ add }) => costOf(add.length === 0 ? 0 : 38, add.length === 0 ? 0 : 76);
  backend.stubs.tagMany = () => ({ run: 6 });
  selection.all();
  render(BulkSheet, { act: 'changeTags', selection: selection.toWire });
  const name = screen.getByRole('combobox', { name: 'Name of the tag to add' });
  expect(screen.getByRole('button', { name: 'Change tags' }).getAttribute('aria-disabled')).toBe('true');
  await fireEvent.input(name, { target: { value: 'region' } });
  await fireEvent.input(screen.getByRole('combobox', { name: 'Value of the tag to add' }), {
    target: { value: 'uk' },
  });
  const remove = screen.getByRole('combobox', { name: 'Tag to remove' });
  await fireEvent.change(remove, { target: { value: 'tier' } });
  expect(await screen.findByText('76 requests')).toBeTruthy();
  expect(screen.getByText('Skipped: already have these tags')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Change tags of 38 companies' }));
  await expect.poll(() => shell.openRunId).toBe(6);
  expect(backend.calls).toContainEqual({
    name: 'tagMany',
    args: { selection: expect.anything(), add: [['region', 'uk']], remove: ['tier'] },
  });
});

test('several tags are added and removed in one run', async () => {
  const tags = ['old', 'tier'].map((key) => ({ key, value: 'x', companies: 7 }));
  backend.stubs.tagPreview = () => ({ ...costOf(38, 76), tags });
  backend.stubs.tagMany = () => ({ run: 6 });
  selection.all();
  render(BulkSheet, { act: 'changeTags', selection: selection.toWire });
  const type = async (name: string, value: string) =>
    fireEvent.input(screen.getByRole('combobox', { name }), { target: { value } });
  const add = screen.getByRole('button', { name: 'Add another tag' });
  await type('Name of the tag to add', 'region');
  await type('Value of the tag to add', 'uk');
  await fireEvent.click(add);
  const second = screen.getByRole('combobox', { name: 'Name of the tag to add, 2' });
  await expect.poll(() => document.activeElement).toBe(second);
  await type('Name of the tag to add, 2', 'typo');
  await fireEvent.click(add);
  await type('Name of the tag to add, 3', 'size');
  await type('Value of the tag to add, 3', 'big');
  await fireEvent.click(add);
  await fireEvent.click(screen.getByRole('button', { name: 'Don’t add tag typo' }));
  expect(screen.queryByDisplayValue('typo')).toBeNull();
  expect(await screen.findByText('76 requests')).toBeTruthy();
  const choose = async (name: string, value: string) =>
    fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });
  await choose('Tag to remove', 'tier');
  await choose('Tag to remove, 2', 'old');
  expect(screen.queryByRole('combobox', { name: 'Tag to remove, 3' })).toBeNull();
  await fireEvent.click(await screen.findByRole('button', { name: 'Change tags of 38 companies' }));
  await expect.poll(() => shell.openRunId).toBe(6);
  const change = {
    add: [
      ['region', 'uk'],
      ['size', 'big'],
    ],
    remove: ['tier', 'old'],
  };
  expect(backend.argsOf('tagMany')).toEqual([{ selection: expect.anything(), ...change }]);
});

test('many are deleted only once their count is typed', async () => {
  backend.stubs.bulkDeletePreview = () => costOf(40, 40);
  backend.stubs.deleteMany = () => ({ run: 7 });
  selection.all();
  render(BulkSheet, { act: 'delete', selection: selection.toWire });
  expect(await screen.findByText('71 connections and all data synced from them.')).toBeTruthy();
  const button = screen.getByRole('button', { name: 'Delete 40 companies' });
  const field = screen.getByRole('textbox', { name: 'Type the number of companies, 40, to confirm' });
  for (const [typed, isOff] of [
    ['', 'true'],
    ['4', 'true'],
    ['40', 'false'],
  ]) {
    await fireEvent.input(field, { target: { value: typed } });
    expect(button.getAttribute('aria-disabled'), typed).toBe(isOff);
  }
  await fireEvent.click(button);
  await expect.poll(() => shell.openRunId).toBe(7);
  const args = { selection: selection.toWire, typedCount: '40' };
  expect(backend.calls.find(({ name }) => name === 'deleteMany')?.args).toMatchObject({
    typedCount: args.typedCount,
  });
});

test('a deletion that has not started can be undone as a whole and is not called a refresh', async () => {
  kept = [
    makeRun(
      { waiting: 12 },
      { id: 4, act: 'delete', label: 'Delete 12 companies', canUndo: true, startsAt: Date.now() + 8_000 },
    ),
  ];
  backend.stubs.cancelRun = ({ run }) => steer(run, 'cancelled');
  await runList.refetch();
  render(Refreshes);
  const region = await screen.findByRole('region', { name: 'Delete 12 companies' });
  expect(within(region).getByText(/^Deleting starts in \d+ seconds?\. Nothing was sent/)).toBeTruthy();
  expect(within(region).queryByRole('button', { name: 'Pause' })).toBeNull();
  await fireEvent.click(within(region).getByRole('button', { name: 'Undo' }));
  expect(backend.calls).toContainEqual({ name: 'cancelRun', args: { run: 4 } });
});
