// An application that is not there: enough of it to look at every screen and to test the page alone.
// Never part of the product: only the mode `fake` and tests load it.
import { Failure, type Host } from '../lib/host';
import type {
  ByRun,
  CompanyRow,
  Copied,
  ExpiringRequest,
  Health,
  PortalEvent,
  RefreshMany,
  RequestsWanted,
  RunItemsRequest,
  RunRow,
  RunState,
  SchedulePlan,
  Schedules,
  Session,
} from '../lib/wire';
import { ACTS } from './fake-acts';
import { fakeCompanies } from './fake-data';
import { expiring, KEEP_ALIVE, skyline } from './fake-expiry';
import { chosen, LISTS } from './fake-lists';
import { FAKE_QUOTA, fakePlan, fakeRequests } from './fake-requests';
import { fakeItems, fakePreview, fakeRun, fakeRuns } from './fake-runs';
import { FakeSandbox } from './fake-sandbox';
import { fakeForecast, fakeSchedules } from './fake-schedules';
import { current, fakeSession, SESSION } from './fake-session';

/** What the fake begins with. */
export interface FakeOptions {
  companies?: number;
  now?: number;
  session?: Partial<Session>;
  health?: Partial<Health>;
  safeMode?: 'view' | 'operate' | 'administer';
}

/** A host with its own companies, whose events a test can send. */
export interface FakeHost extends Host {
  rows: CompanyRow[];
  session: Session;
  version: number;
  calls: { name: string; args: unknown }[];
  clipboard: string[];
  /** Refreshes of many companies. */
  runs: RunRow[];
  /** Files that the page saved. */
  saved: string[];
  /** The sandbox behind its screen. */
  sandbox: FakeSandbox;
  schedules: Schedules;
  emit: (event: PortalEvent) => void;
  /** Lets the next call of this name fail. */
  failNext: (name: string, failure: Failure) => void;
  /** Answers a command so from now on. */
  give: (name: string, answer: (args: never) => unknown) => void;
}

/** Makes one. */
export function fakeHost(options: FakeOptions = {}): FakeHost {
  const now = options.now ?? Date.now();
  const hearers = new Set<(event: PortalEvent) => void>();
  const failing = new Map<string, Failure>();
  const given = new Map<string, (args: never) => unknown>();
  const fake: FakeHost = {
    handlesBackButton: true,
    rows: fakeCompanies(options.companies ?? 120, now),
    session: fakeSession(now, options),
    version: 1,
    calls: [],
    clipboard: [],
    runs: fakeRuns(now),
    saved: [],
    sandbox: new FakeSandbox(),
    schedules: fakeSchedules(now),
    emit: (event) => hearers.forEach((hear) => hear(event)),
    failNext: (name, failure) => failing.set(name, failure),
    give: (name, answer) => given.set(name, answer),
    async call(name, args) {
      fake.calls.push({ name, args });
      await Promise.resolve();
      const failure = failing.get(name);
      failing.delete(name);
      if (failure) throw failure;
      const own = given.get(name);
      if (own) return structuredClone(await own(args as never));
      const answer = answers[name];
      if (!answer)
        throw new Failure({ code: 'unknownCommand', message: `There is no command ${name}.`, detail: null });
      return structuredClone(answer(fake, args as never));
    },
    listen(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    saveExport: (id) => void fake.saved.push(id),
    writeClipboard: async (text) => void fake.clipboard.push(text),
    files: null,
  };
  return fake;
}

/** What a command answers. */
export type Answer = (fake: FakeHost, args: never) => unknown;

const answers: Record<string, Answer> = {
  ...SESSION,
  ...LISTS,
  ...ACTS,
  copyLinkUrl: (fake, args: { company: string; connection?: string }): Copied => {
    const path = args.connection ? `${args.company}/connection/${args.connection}` : args.company;
    const asOf = fake.session.health.state === 'offline' ? fake.session.health.lastSweep : null;
    return {
      text: `http://127.0.0.1:4170/company/${path}`,
      copied: false,
      asOf,
      reason: asOf === null ? null : 'Codat cannot be reached.',
      label: 'Link URL',
    };
  },
  skyline: (fake, args: { edges: number[] }) => skyline(fake.rows, args.edges),
  expiring: (fake, args: ExpiringRequest) => expiring(fake.rows, args),
  keepAlive: () => KEEP_ALIVE,
  clocks: () => [],
  copyInviteUrl: (fake): Copied => ({
    text: current(fake).inviteUrl ?? '',
    copied: false,
    asOf: null,
    reason: null,
    label: 'Invite URL',
  }),
  copyText: (_fake, args: { text: string; label: string }): Copied => ({
    text: args.text,
    copied: false,
    asOf: null,
    reason: null,
    label: args.label,
  }),
  refreshPreview: (fake, args: RefreshMany) => fakePreview(chosen(fake, args.selection).length),
  refreshMany: (fake, args: RefreshMany) => {
    const id = Math.max(0, ...fake.runs.map((run) => run.id)) + 1;
    const waiting = chosen(fake, args.selection).length;
    fake.runs = [fakeRun({ id, createdAt: Date.now(), startsAt: 0 }, { waiting }), ...fake.runs];
    return { run: id };
  },
  runs: (fake) => fake.runs,
  runItems: (fake, args: RunItemsRequest) => {
    const run = fake.runs.find((one) => one.id === args.run);
    return run ? fakeItems(run, args, fake.rows, Date.now()) : { total: 0, rows: [] };
  },
  pauseRun: (fake, args: ByRun) => steer(fake, args.run, 'paused'),
  resumeRun: (fake, args: ByRun) => steer(fake, args.run, 'running'),
  cancelRun: (fake, args: ByRun) => steer(fake, args.run, 'cancelled'),
  retryFailed: (fake, args: ByRun) => steer(fake, args.run, 'running'),
  openDataFolder: () => ({}),
  watching: () => ({}),
  quota: () => FAKE_QUOTA,
  useMoreToday: (_fake, args: { percent: number }) => ({
    ...FAKE_QUOTA,
    stopPercent: args.percent,
    stop: (595_000 * args.percent) / 100,
  }),
  planDay: (fake, args: { companies: number | null }) => ({
    now: fakePlan(fake.rows.length),
    then: fakePlan(args.companies ?? fake.rows.length),
    schedules: ['Every night'],
    here: true,
    keepsAlive: true,
  }),
  requests: (_fake, args: RequestsWanted) => fakeRequests(args),
  schedules: (fake) => fake.schedules,
  scheduleForecast: () => fakeForecast(Date.now()),
  timeZones: () => ['America/New_York', 'Asia/Tokyo', 'Europe/London', 'UTC'],
  saveSchedule: (fake, args: { name: string; plan: SchedulePlan }) => {
    const [first] = fake.schedules.rows;
    if (first) {
      const made = {
        ...first,
        id: fake.schedules.rows.length + 1,
        name: args.name,
        plan: args.plan,
        outcomes: [],
      };
      fake.schedules = { ...fake.schedules, rows: [...fake.schedules.rows, made] };
    }
    return fake.schedules;
  },
  switchSchedule: (fake, args: { id: number; on: boolean }) => {
    const rows = fake.schedules.rows.map((row) => (row.id === args.id ? { ...row, on: args.on } : row));
    return (fake.schedules = { ...fake.schedules, rows });
  },
  removeSchedule: (fake, args: { id: number }) => {
    const rows = fake.schedules.rows.filter(({ id }) => id !== args.id);
    return (fake.schedules = { ...fake.schedules, rows });
  },
  runSchedule: () => ({}),
  sandboxCall: (fake, args: { method: string; path: string; body?: unknown }) => ({
    body: fake.sandbox.answer(args.method, args.path, args.body),
  }),
  refreshNow: () => ({}),
};

function steer(fake: FakeHost, id: number, state: RunState): Record<string, never> {
  fake.runs = fake.runs.map((run) => (run.id === id ? { ...run, state } : run));
  fake.emit({ type: 'run', id });
  return {};
}
