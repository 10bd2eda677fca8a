// Answers of the application with plain values. A test states what matters to it and takes the rest from here.
import type {
  CompaniesPage,
  CompanyRow,
  ConnectionChip,
  Copied,
  Health,
  MeasureView,
  Problem,
  SavedView,
  ScheduleForecast,
  Schedules,
  ScheduleView,
  Session,
  SummaryView,
  Workspace,
} from '../lib/wire';
import type { Stubs } from './stub-host';

/** Noon UTC on 23 November 2026, in milliseconds since 1970. */
export const NOON = Date.UTC(2026, 10, 23, 12);

/** A linked connection to Xero. */
export function makeConnection(change: Partial<ConnectionChip> = {}): ConnectionChip {
  return {
    id: 'xero-1',
    integrationKey: 'gbol',
    name: 'Xero',
    sourceType: 'Accounting',
    status: 'Linked',
    color: 'green',
    word: 'Linked',
    error: null,
    isOutage: false,
    problem: null,
    created: 0,
    lastRead: null,
    expires: null,
    restsOn: null,
    oneTime: false,
    ...change,
  };
}

/** The problem of a connection that the customer or the platform deauthorized. */
export function makeProblem(change: Partial<Problem> = {}): Problem {
  return {
    actor: 'customer',
    happened: 'needs to be reconnected',
    meaning: 'The customer or the platform ended the access, or it expired.',
    toDo: 'Send the customer the reconnect link.',
    code: null,
    at: null,
    ended: null,
    ...change,
  };
}

/** A company without connections. */
export function makeCompany(change: Partial<CompanyRow> = {}): CompanyRow {
  return {
    id: 'company-1',
    name: 'Harbour Bakery',
    description: null,
    createdBy: null,
    created: 0,
    lastRead: null,
    unreadableSince: null,
    color: 'none',
    connections: [],
    products: [],
    tags: [],
    expires: null,
    parent: null,
    subsidiaries: 0,
    subsidiaryCounts: { red: 0, grey: 0, purple: 0, green: 0, none: 0 },
    depth: 0,
    ...change,
  };
}

/** So many companies, named `Company 0001` and so on. */
export function makeCompanies(count: number): CompanyRow[] {
  return Array.from({ length: count }, (_, at) => {
    const number = String(at + 1).padStart(4, '0');
    return makeCompany({ id: `company-${at + 1}`, name: `Company ${number}` });
  });
}

/** The first answer of a list that has these rows. */
export function makeCompaniesPage(
  rows: readonly CompanyRow[],
  change: Partial<CompaniesPage> = {},
): CompaniesPage {
  return {
    version: 1,
    all: rows.length,
    matching: rows.length,
    rowCount: rows.length,
    located: null,
    counts: { red: 0, grey: 0, purple: 0, green: 0, none: rows.length },
    problems: [],
    rows: rows.slice(0, 200),
    ...change,
  };
}

/** Stubs of a list that has these rows, whatever is searched for. */
export function listOf(rows: readonly CompanyRow[]): Pick<Stubs, 'companies' | 'rows'> {
  return {
    companies: () => makeCompaniesPage(rows),
    rows: ({ version, offset, limit }) => ({ version, offset, rows: rows.slice(offset, offset + limit) }),
  };
}

/** A sandbox in which everything is allowed. */
export function makeWorkspace(change: Partial<Workspace> = {}): Workspace {
  return {
    id: 'sandbox',
    name: 'Sandbox',
    kind: 'sandbox',
    color: 'teal',
    safeMode: 'administer',
    keyState: 'kept',
    clockOffset: 0,
    inviteUrl: null,
    watched: true,
    state: 'current',
    ...change,
  };
}

/** Up to date: the last sweep was 12 seconds before noon, the next is 48 seconds after it. */
export function makeHealth(change: Partial<Health> = {}): Health {
  return {
    state: 'current',
    lastSweep: NOON - 12_000,
    nextSweep: NOON + 48_000,
    offlineSince: null,
    retryAt: null,
    askedUntil: null,
    hold: null,
    asks: false,
    readsRunning: 0,
    quotaLimit: 595_000,
    quotaRemaining: 593_900,
    spentToday: 1_100,
    usedToday: 1_100,
    message: null,
    unreadable: 0,
    firstSweepDone: true,
    sweepDone: null,
    sweepTotal: null,
    ...change,
  };
}

/** A session in a browser, with the sandbox open. */
export function makeSession(change: Partial<Session> = {}): Session {
  return {
    workspaces: [makeWorkspace()],
    current: 'sandbox',
    preferences: {
      theme: 'system',
      density: 'comfortable',
      closeToTray: true,
      startAtLogin: false,
      quotaShare: 5,
      columns: [],
      sort: null,
      recordColumns: {},
      sidebarCollapsed: false,
      toldAboutTray: false,
      zoom: 100,
      singleKeyShortcuts: true,
      firstStepsDismissed: false,
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
    health: makeHealth(),
    notices: [],
    pendingDeletes: [],
    ...change,
  };
}

/** The answer of the application where the page has to write the clipboard. */
export function toCopy(text: string, label: string): Copied {
  return { text, copied: false, asOf: null, reason: null, label };
}

/** A figure of a summary. */
export function makeMeasure(change: Partial<MeasureView> = {}): MeasureView {
  return {
    short: '£1.34m',
    whole: '£1,340,123.45',
    period: 'Nov 2025 to Oct 2026',
    change: '+14%',
    changeWords: '+£164k on the year before',
    missing: null,
    absence: null,
    ...change,
  };
}

/** A summary with every figure and without a chart. */
export function makeSummary(change: Partial<SummaryView> = {}): SummaryView {
  const measure = makeMeasure();
  return {
    revenue: measure,
    operatingProfit: measure,
    equity: measure,
    chart: null,
    basis: 'Accrual',
    asOf: 1,
    reading: false,
    ...change,
  };
}

/** A schedule that refreshes everything at six, and is on. */
export function makeSchedule(change: Partial<ScheduleView> = {}): ScheduleView {
  return {
    id: 1,
    name: 'Every morning',
    on: true,
    plan: {
      target: { kind: 'all' },
      dataTypes: [],
      timing: { kind: 'clock', times: ['06:00'], days: 0b111_1111 },
      zone: null,
      blackouts: [],
      spreadMinutes: 15,
    },
    data: 'All data',
    names: [],
    forecast: makeForecast(),
    held: null,
    outcomes: [],
    ...change,
  };
}

/** What a schedule of 40 companies comes to. */
export function makeForecast(): ScheduleForecast {
  return {
    problem: null,
    upcoming: [NOON],
    companies: 40,
    unreadable: 3,
    due: 0,
    requestsADay: 37,
    overlaps: [],
  };
}

/** All schedules: one, unless others are given. */
export function makeSchedules(rows: ScheduleView[] = [makeSchedule()]): Schedules {
  const dataTypes = [{ key: 'invoices', name: 'Invoices', group: 'Earning' }];
  return { here: true, zone: 'Europe/London', rows, dataTypes, requestsADay: 37, allowedADay: 3_050 };
}

/** A saved view without columns of its own. */
export function makeView(change: Partial<SavedView> = {}): SavedView {
  return {
    id: 'broken',
    name: 'Broken',
    search: 'is:red',
    sort: { column: 'connections', descending: true },
    columns: null,
    ...change,
  };
}

/** Stubs of the commands of saved views, which start with these. Each has as many companies as its place. */
export function viewsOf(...saved: SavedView[]): Pick<Stubs, 'views' | 'saveView' | 'removeView'> {
  let views = saved;
  const counted = () => views.map((view, at) => ({ view, companies: at + 1 }));
  return {
    views: counted,
    saveView: ({ view, position }) => {
      const before = views.findIndex((one) => one.id === view.id);
      const others = views.filter((one) => one.id !== view.id);
      const at = position ?? (before < 0 ? others.length : before);
      views = [...others.slice(0, at), view, ...others.slice(at)];
      return counted();
    },
    removeView: ({ id }) => {
      views = views.filter((one) => one.id !== id);
      return counted();
    },
  };
}
