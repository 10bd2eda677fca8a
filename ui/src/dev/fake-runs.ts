// Refreshes of many companies that are not there: enough to look at their screens and to test the page alone.
import type { RefreshPreview, RunCounts, RunItemRow, RunItems, RunItemState, RunRow } from '../lib/wire';

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

/** A run with these counts. */
export function fakeRun(over: Partial<RunRow> & { id: number }, counts: Partial<RunCounts>): RunRow {
  const all = { ...NONE, ...counts };
  // Those that are looked at are among those that are read.
  const total = Object.values(all).reduce((sum, many) => sum + many, 0) - all.looking;
  return {
    cause: 'person',
    label: `${total} companies`,
    state: 'running',
    createdAt: 0,
    startsAt: 0,
    endedAt: null,
    counts: all,
    total,
    canRetry: 0,
    isOutOfQuota: false,
    isHeld: false,
    secondsLeft: Math.ceil(all.waiting / 10),
    ...over,
  };
}

/** Some runs: one that goes on, one that is paused, and two that have ended. */
export function fakeRuns(now: number): RunRow[] {
  const at = (minutes: number) => ({ createdAt: now - minutes * 60_000, startsAt: now - minutes * 60_000 });
  return [
    fakeRun({ id: 4, ...at(1) }, { waiting: 612, sent: 6, queued: 180, read: 190, failed: 3, skipped: 9 }),
    fakeRun(
      { id: 3, label: 'Invoices of 48 companies', state: 'paused', ...at(55) },
      { waiting: 40, read: 8 },
    ),
    fakeRun(
      {
        id: 2,
        label: 'Weekly, all companies',
        cause: 'schedule',
        state: 'done',
        ...at(700),
        endedAt: now - 640 * 60_000,
      },
      { read: 318, skipped: 12, running: 2, unseen: 3 },
    ),
    fakeRun(
      { id: 1, state: 'done', canRetry: 2, ...at(3_000), endedAt: now - 2_990 * 60_000 },
      { read: 20, failed: 4, skipped: 1 },
    ),
  ];
}

/** What refreshing so many would do. */
export function fakePreview(companies: number): RefreshPreview {
  const unlinked = Math.floor(companies / 8);
  const requests = companies - unlinked;
  return {
    companies,
    requests,
    unlinked,
    running: 0,
    seconds: Math.ceil((requests * 60) / 580),
    leftToday: 24_310,
    day: 61_000,
    dataTypes: [
      { label: 'Financial statements', types: [{ key: 'balanceSheet', name: 'Balance sheet' }] },
      { label: 'Earning', types: [{ key: 'invoices', name: 'Invoices' }] },
    ],
  };
}

/** The items of a run, in the order of their states. */
export function fakeItems(
  run: RunRow,
  asked: { states: RunItemState[]; offset: number; limit: number },
  names: readonly { id: string; name: string }[],
  now: number,
): RunItems {
  const order: RunItemState[] = [
    'read',
    'failed',
    'running',
    'skipped',
    'queued',
    'sent',
    'waiting',
    'cancelled',
    'unseen',
  ];
  const all = order.flatMap((state) => Array.from({ length: run.counts[state] }, () => state));
  const rows: RunItemRow[] = all.map((state, at) => ({
    id: at + 1,
    company: names[at % names.length]?.id ?? '',
    name: names[at % names.length]?.name ?? null,
    dataType: run.label.startsWith('Invoices') ? 'Invoices' : null,
    state,
    at: state === 'waiting' ? null : now - at * 1_000,
    reason: reasonOf(state, at),
    canRetry: state === 'failed' && at % 2 === 0,
  }));
  const wanted = asked.states.length === 0 ? rows : rows.filter((row) => asked.states.includes(row.state));
  return { total: wanted.length, rows: wanted.slice(asked.offset, asked.offset + asked.limit) };
}

function reasonOf(state: RunItemState, at: number): string | null {
  if (state === 'skipped') return 'Nothing of this company is linked, so there is nothing to read.';
  if (state === 'unseen')
    return 'Codat took it, and its end was not seen within an hour. Should a sweep still show it, it will say so here.';
  if (state !== 'failed') return null;
  return at % 2 === 0
    ? '2 of 14 data types failed. Invoices: Reading from the source failed. This often passes by itself: read it again.'
    : 'Bills: The source refused the credentials. The customer has to connect again: send them the Link URL.';
}
