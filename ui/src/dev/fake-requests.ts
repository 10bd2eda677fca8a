// Requests that were never sent, for the mode that needs no application.
import type { DayPlanView, QuotaView, RequestEntry, RequestLog, RequestsWanted } from '../lib/wire';

const NOON = Date.UTC(2026, 10, 22, 12);

/** A day at a lender of some size. */
export const FAKE_QUOTA: QuotaView = {
  limit: 595_000,
  remaining: 571_300,
  spent: 23_700,
  resets: NOON + 12 * 3_600_000,
  today: [
    { cause: 'click', requests: 212 },
    { cause: 'screen', requests: 468 },
    { cause: 'run', requests: 1_000 },
    { cause: 'look', requests: 41 },
    { cause: 'sweep', requests: 1_140 },
    { cause: 'keepAlive', requests: 12 },
    { cause: 'schedule', requests: 0 },
  ],
  lost: 0,
  share: 29_750,
  background: 1_193,
  stop: 297_500,
  stopPercent: 50,
  perMinute: 600,
  days: [1_840, 2_210, 640, 590, 3_100, 2_480, 2_020, 1_990, 610].map((requests, at) => ({
    day: new Date(NOON - (at + 1) * 86_400_000).toISOString().slice(0, 10),
    causes: [
      { cause: 'click', requests: Math.round(requests / 4) },
      { cause: 'sweep', requests: requests - Math.round(requests / 4) },
    ],
  })),
  forecast: {
    rest: [
      { cause: 'click', requests: 180 },
      { cause: 'screen', requests: 390 },
      { cause: 'sweep', requests: 1_200 },
    ],
    basis: 'days',
    basisDays: 7,
    sweepSecs: 60,
    statusSecs: null,
  },
};

/** What a day costs at so many companies. */
export function fakePlan(companies: number): DayPlanView {
  return {
    companies,
    limit: (companies + 1) * 1_000,
    share: (companies + 1) * 50,
    sweeps: 1_440,
    sweepSecs: 60,
    statusSecs: companies > 10_000 ? 172 : null,
    sweepBytes: companies * 1_440_000,
    keepAlive: Math.ceil(companies / 70),
    schedules: companies,
    bySchedule: [companies],
    looks: Math.ceil(companies / 20),
    others: (companies + 1) * 25,
    over: 0,
  };
}

const ENTRIES: RequestEntry[] = [
  entry(6, {
    path: '/companies?page=2&pageSize=500',
    cause: 'sweep',
    state: 'running',
    status: null,
    durationMs: null,
  }),
  entry(5, { path: '/companies?page=1&pageSize=500', cause: 'sweep', durationMs: 412, bytes: 612_400 }),
  entry(4, {
    method: 'POST',
    path: '/companies/0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10/data/all',
    status: 204,
    bytes: 0,
  }),
  entry(3, {
    method: 'POST',
    path: '/companies/0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10/data/all',
    state: 'failed',
    status: 429,
    durationMs: 38,
    bytes: 214,
    error: 'You have made too many requests in a given amount of time; please retry later.',
  }),
  entry(2, {
    cause: 'look',
    state: 'failed',
    status: null,
    durationMs: 30_000,
    bytes: 0,
    correlationId: null,
    error: 'No answer within 30 seconds',
  }),
  entry(1, { cause: 'screen', state: 'givenUp', status: null, durationMs: 80, bytes: 0 }),
];

/** The newest of those that are wanted. */
export function fakeRequests(wanted: RequestsWanted): RequestLog {
  const entries = ENTRIES.filter(
    (one) =>
      (wanted.cause === null || wanted.cause === one.cause) && (!wanted.failures || one.state === 'failed'),
  );
  return { entries: entries.slice(0, wanted.most), matching: entries.length, kept: 1_000, sent: 2_873 };
}

function entry(number: number, change: Partial<RequestEntry>): RequestEntry {
  return {
    number,
    at: NOON + number * 1_500,
    method: 'GET',
    path: '/companies/0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10',
    cause: 'click',
    state: 'done',
    status: 200,
    durationMs: 84,
    bytes: 1_240,
    retry: number === 4 ? 1 : 0,
    correlationId: `5d0f7c8f0f3e4a0f9a5f6f0d1b2c3d4${number}`,
    error: null,
    ...change,
  };
}
