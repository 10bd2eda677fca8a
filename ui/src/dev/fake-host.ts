// An application that is not there: enough of it to look at every screen and to test the page alone.
// Never part of the product: only the mode `fake` and tests load it.
import { Failure, type Host } from '../lib/host';
import { wordsOf } from '../lib/search-text';
import type {
  ByRun,
  CompaniesPage,
  CompanyRow,
  CompanySelection,
  Copied,
  Counts,
  ExpiringRequest,
  Health,
  NamePreview,
  PortalEvent,
  RefreshMany,
  RunItemsRequest,
  RunRow,
  RunState,
  RequestsWanted,
  SchedulePlan,
  Schedules,
  Session,
  Sort,
  Suggestion,
  View,
} from '../lib/wire';
import { fakeCompanies } from './fake-data';
import { fakeItems, fakePreview, fakeRun, fakeRuns } from './fake-runs';
import { FAKE_QUOTA, fakePlan, fakeRequests } from './fake-requests';
import { expiring, KEEP_ALIVE, skyline } from './fake-expiry';
import { FakeSandbox } from './fake-sandbox';
import { fakeForecast, fakeSchedules } from './fake-schedules';

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
    goesBackByItself: true,
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
      if (own) return structuredClone(own(args as never));
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

type Answer = (fake: FakeHost, args: never) => unknown;

const answers: Record<string, Answer> = {
  session: (fake) => fake.session,
  companies: (fake, view: View): CompaniesPage => {
    const { matching, shown } = select(fake, view);
    return {
      version: fake.version,
      all: fake.rows.length,
      matching: matching.length,
      rowCount: shown.length,
      counts: countColours(fake.rows.filter((row) => matches(row, view.search, true))),
      problems: problemsOf(view.search),
      rows: shown.slice(0, 200),
    };
  },
  rows: (fake, args: { view: View; version: number; offset: number; limit: number }) => {
    const { shown } = select(fake, args.view);
    return {
      version: fake.version,
      offset: args.offset,
      rows: shown.slice(args.offset, args.offset + args.limit),
    };
  },
  complete: (fake, args: { search: string; cursor: number }) => suggest(fake, args.search, args.cursor),
  company: (fake, args: { id: string }) => fake.rows.find((row) => row.id === args.id) ?? null,
  namePreview: (_fake, args: { name: string }) => previewOf(args.name),
  copyLinkUrl: (fake, args: { company: string; connection?: string }): Copied => {
    const path = args.connection ? `${args.company}/connection/${args.connection}` : args.company;
    const asOf = fake.session.health.state === 'offline' ? fake.session.health.lastSweep : null;
    return { text: `http://127.0.0.1:4170/company/${path}`, copied: false, asOf, label: 'Link URL' };
  },
  skyline: (fake, args: { edges: number[] }) => skyline(fake.rows, args.edges),
  expiring: (fake, args: ExpiringRequest) => expiring(fake.rows, args),
  keepAlive: () => KEEP_ALIVE,
  clocks: () => [],
  copyInviteUrl: (fake): Copied => ({
    text: current(fake).inviteUrl ?? '',
    copied: false,
    asOf: null,
    label: 'Invite URL',
  }),
  copyText: (_fake, args: { text: string; label: string }): Copied => ({
    text: args.text,
    copied: false,
    asOf: null,
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
  setPreferences: (fake, args: { chosen: Partial<Session['preferences']> }) => {
    const preferences = { ...fake.session.preferences, ...args.chosen };
    fake.session = { ...fake.session, preferences };
    return preferences;
  },
  switchWorkspace: (fake, args: { id: string }) => {
    fake.session = { ...fake.session, current: args.id };
    return fake.session;
  },
  addWorkspace: (fake, args: { name: string; key: string; colour: string }) => {
    if (args.key.length < 8)
      throw new Failure({
        code: 'keyRefused',
        message: 'Codat does not know this key.',
        detail: 'HTTP 401, correlation ID 8f14e45f',
      });
    const workspace = {
      id: `w${fake.session.workspaces.length}`,
      name: args.name,
      kind: 'codat' as const,
      colour: args.colour,
      safeMode: 'operate' as const,
      keyState: 'session' as const,
      inviteUrl: null,
    };
    fake.session = {
      ...fake.session,
      workspaces: [...fake.session.workspaces, workspace],
      current: workspace.id,
    };
    fake.emit({ type: 'session' });
    return { workspace, kept: 'session', clientName: 'Acme Lending' };
  },
  updateWorkspace: (fake, args: { id: string; name: string; colour: string; inviteUrl: string | null }) => {
    changeWorkspace(fake, args.id, args);
    return fake.session;
  },
  setSafeMode: (fake, args: { id: string; mode: 'view' | 'operate' | 'administer' }) => {
    changeWorkspace(fake, args.id, { safeMode: args.mode });
    return fake.session;
  },
  replaceKey: (fake, args: { id: string }) => {
    changeWorkspace(fake, args.id, { keyState: 'kept' });
    return { workspace: current(fake), clientName: 'Acme Lending', kept: 'kept' };
  },
  removeWorkspace: (fake, args: { id: string }) => {
    fake.session = {
      ...fake.session,
      workspaces: fake.session.workspaces.filter(({ id }) => id !== args.id),
    };
    fake.emit({ type: 'session' });
    return fake.session;
  },
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
  pause: (fake, args: { paused: boolean }) => {
    fake.session = {
      ...fake.session,
      health: { ...fake.session.health, state: args.paused ? 'paused' : 'current' },
    };
    fake.emit({ type: 'health', health: fake.session.health });
    return {};
  },
  createCompany: (fake, args: { name: string; description: string | null; tags: [string, string][] }) => {
    const preview = previewOf(args.name);
    if (preview.problem) throw new Failure({ code: 'nameEmpty', message: preview.problem, detail: null });
    const company: CompanyRow = {
      ...fakeCompanies(1, Date.now())[0]!,
      id: crypto.randomUUID(),
      name: preview.kept,
      description: args.description,
      tags: args.tags,
      connections: [],
      colour: 'none',
      lastRead: null,
      created: Date.now(),
      createdBy: 'API',
    };
    fake.rows = [...fake.rows, company];
    changed(fake);
    return { company, linkUrl: `http://127.0.0.1:4170/company/${company.id}` };
  },
  renameCompany: (fake, args: { id: string; name: string }) => {
    const preview = previewOf(args.name);
    if (preview.problem) throw new Failure({ code: 'nameEmpty', message: preview.problem, detail: null });
    fake.rows = fake.rows.map((row) => (row.id === args.id ? { ...row, name: preview.kept } : row));
    changed(fake);
    return fake.rows.find((row) => row.id === args.id);
  },
  refreshData: () => ({ queued: true }),
  deleteCompany: (fake, args: { id: string; typedName: string }) => {
    const row = fake.rows.find(({ id }) => id === args.id);
    if (row?.name !== args.typedName)
      throw new Failure({
        code: 'nameMismatch',
        message: 'The name is not the one of the company.',
        detail: null,
      });
    const pending = { id: row.id, name: row.name, sendsAt: Date.now() + 10_000 };
    fake.session = { ...fake.session, pendingDeletes: [...fake.session.pendingDeletes, pending] };
    fake.emit({ type: 'session' });
    setTimeout(() => finishDelete(fake, row.id, row.name), 10_000);
    return pending;
  },
  undoDelete: (fake, args: { id: string }) => {
    const undone = fake.session.pendingDeletes.some(({ id }) => id === args.id);
    dropPending(fake, args.id);
    return { undone };
  },
};

function finishDelete(fake: FakeHost, id: string, name: string): void {
  if (!fake.session.pendingDeletes.some((pending) => pending.id === id)) return;
  dropPending(fake, id);
  fake.rows = fake.rows.filter((row) => row.id !== id);
  changed(fake);
  fake.emit({ type: 'deleted', id, name });
}

function dropPending(fake: FakeHost, id: string): void {
  const pendingDeletes = fake.session.pendingDeletes.filter((pending) => pending.id !== id);
  fake.session = { ...fake.session, pendingDeletes };
  fake.emit({ type: 'session' });
}

function changed(fake: FakeHost): void {
  fake.version += 1;
  fake.emit({ type: 'changed', version: fake.version });
}

/** The companies of a selection. */
function chosen(fake: FakeHost, selection: CompanySelection): CompanyRow[] {
  const { companies, search, except } = selection;
  return fake.rows.filter(
    (row) =>
      (search === null ? companies.includes(row.id) : matches(row, search, false)) &&
      !except.includes(row.id),
  );
}

function steer(fake: FakeHost, id: number, state: RunState): Record<string, never> {
  fake.runs = fake.runs.map((run) => (run.id === id ? { ...run, state } : run));
  fake.emit({ type: 'run', id });
  return {};
}

function current(fake: FakeHost) {
  return fake.session.workspaces.find(({ id }) => id === fake.session.current)!;
}

function changeWorkspace(fake: FakeHost, id: string, change: object): void {
  const workspaces = fake.session.workspaces.map((workspace) =>
    workspace.id === id ? { ...workspace, ...change } : workspace,
  );
  fake.session = { ...fake.session, workspaces };
  fake.emit({ type: 'session' });
}

function fakeSession(now: number, options: FakeOptions): Session {
  return {
    workspaces: [
      {
        id: 'sandbox',
        name: 'Sandbox',
        kind: 'sandbox',
        colour: 'teal',
        safeMode: options.safeMode ?? 'administer',
        keyState: 'kept',
        inviteUrl: 'http://127.0.0.1:4170/invite',
      },
      {
        id: 'acme',
        name: 'Acme Lending',
        kind: 'codat',
        colour: 'orange',
        safeMode: 'operate',
        keyState: 'session',
        inviteUrl: null,
      },
    ],
    current: 'sandbox',
    preferences: {
      theme: 'system',
      density: 'comfortable',
      closeToTray: true,
      startAtLogin: false,
      quotaShare: 5,
      columns: [],
      sort: null,
      sidebarCollapsed: false,
      toldAboutTray: false,
    },
    host: {
      kind: 'browser',
      tray: false,
      keyring: false,
      autostart: false,
      version: '0.1.0',
      dataFolder: '/home/ada/.local/share/portal-desktop',
      platform: 'linux',
      power: null,
      metered: null,
    },
    health: {
      state: 'current',
      lastSweep: now - 12_000,
      nextSweep: now + 48_000,
      offlineSince: null,
      retryAt: null,
      hold: null,
      asks: false,
      readsRunning: 2,
      quotaLimit: 595_000,
      quotaRemaining: 593_900,
      usedToday: 1_100,
      message: null,
      firstSweepDone: true,
      sweepDone: null,
      sweepTotal: null,
      ...options.health,
    },
    notices: [],
    pendingDeletes: [],
    ...options.session,
  };
}

function select(fake: FakeHost, view: View): { matching: CompanyRow[]; shown: CompanyRow[] } {
  const matching = fake.rows.filter((row) => matches(row, view.search, false));
  const sorted = [...matching].sort((a, b) => compare(a, b, view.sort));
  if (view.search.trim() !== '') return { matching, shown: sorted };
  const shown = sorted.filter((row) => row.parent === null);
  return {
    matching,
    shown: shown.flatMap((row) => {
      if (!view.expanded.includes(row.id)) return [row];
      return [
        row,
        ...sorted.filter((child) => child.parent?.id === row.id).map((child) => ({ ...child, depth: 1 })),
      ];
    }),
  };
}

function matches(row: CompanyRow, search: string, withoutColours: boolean): boolean {
  const words = wordsOf(search);
  const colours = words.flatMap(({ text }) => (text.startsWith('is:') ? text.slice(3) : []));
  if (!withoutColours && colours.length > 0 && !colours.includes(row.colour)) return false;
  return words.every(({ text }) => {
    const [name, value] = text.toLowerCase().split(':', 2);
    if (value === undefined) return fold(haystack(row)).includes(fold(text.replaceAll('"', '')));
    if (name === 'is') return true;
    if (name === 'platform') return row.connections.some((chip) => fold(chip.name).startsWith(value));
    if (name === 'tag') return row.tags.some(([key, tag]) => value === `${key}=${tag}` || value === key);
    return true;
  });
}

function haystack(row: CompanyRow): string {
  return [
    row.name,
    row.id,
    row.createdBy,
    ...row.connections.map((chip) => chip.name),
    ...row.tags.flat(),
  ].join(' ');
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function compare(a: CompanyRow, b: CompanyRow, sort: Sort): number {
  const [one, two] = [keyOf(a, sort), keyOf(b, sort)];
  if (one === null || two === null) return one === two ? a.name.localeCompare(b.name) : one === null ? 1 : -1;
  const order = typeof one === 'number' ? one - (two as number) : one.localeCompare(two as string);
  return (sort.descending ? -order : order) || a.name.localeCompare(b.name);
}

function keyOf(row: CompanyRow, sort: Sort): string | number | null {
  switch (sort.column) {
    case 'name':
    case 'id':
    case 'createdBy':
    case 'created':
    case 'lastRead':
    case 'expires':
    case 'description':
      return row[sort.column];
    case 'connections':
    case 'status':
      return ['green', 'none', 'purple', 'grey', 'red'].indexOf(row.colour);
    case 'products':
      return row.products.join(' ') || null;
    case 'tags':
      return row.tags.flat().join(' ') || null;
  }
}

function countColours(rows: CompanyRow[]): Counts {
  const counts: Counts = { red: 0, grey: 0, purple: 0, green: 0, none: 0 };
  for (const row of rows) counts[row.colour] += 1;
  return counts;
}

function problemsOf(search: string): CompaniesPage['problems'] {
  const known = ['is', 'has', 'platform', 'tag', 'stale', 'created', 'expires'];
  return wordsOf(search).flatMap(({ text, start, end }) => {
    const name = text.split(':')[0] ?? '';
    if (!text.includes(':') || known.includes(name)) return [];
    return [{ start, end, message: `There is no filter “${name}”. There are ${known.join(', ')}.` }];
  });
}

function suggest(fake: FakeHost, search: string, cursor: number): Suggestion[] {
  const word = wordsOf(search).find(({ start, end }) => start <= cursor && cursor <= end);
  const typed = word?.text.toLowerCase() ?? '';
  const options = [
    ['is:red', 'Broken'],
    ['is:purple', 'Pending'],
    ['is:grey', 'Unlinked'],
    ['is:green', 'Linked'],
    ['is:none', 'No connections'],
    ['platform:xero', 'Connected to Xero'],
    ['platform:stripe', 'Connected to Stripe'],
    ['tag:region=uk', 'Tagged region = uk'],
    ['stale:>7d', 'Not read for more than 7 days'],
    ['created:<2026-01-01', 'Created before'],
    ['expires:<14d', 'May expire within 14 days'],
  ] as const;
  const found = options.filter(
    ([filter, hint]) => filter.includes(typed) || hint.toLowerCase().includes(typed),
  );
  return found.slice(0, 8).map(([filter, hint]) => {
    const before = search.slice(0, word?.start ?? search.length);
    const text = `${before}${filter} `;
    const left = fake.rows.filter((row) => matches(row, text, false)).length;
    return {
      search: text + search.slice(word?.end ?? search.length).trimStart(),
      cursor: text.length,
      label: filter,
      hint,
      count: left,
    };
  });
}

function previewOf(name: string): NamePreview {
  const pieces: NamePreview['pieces'] = [];
  for (const letter of name) {
    const kept = /[\p{L}\p{N}\s\-'&@.,?!]/u.test(letter);
    const last = pieces.at(-1);
    if (last?.kept === kept) last.text += letter;
    else pieces.push({ text: letter, kept });
  }
  const kept = pieces
    .filter((piece) => piece.kept)
    .map((piece) => piece.text)
    .join('')
    .trim();
  const isTooLong = kept.length > 500;
  const problem =
    name === ''
      ? null
      : kept === ''
        ? "Codat keeps none of these characters. Use letters, digits, spaces and - ' & @ . , ? !"
        : isTooLong
          ? 'This name is too long: Codat takes up to 500 characters.'
          : null;
  return { kept, pieces, problem };
}
