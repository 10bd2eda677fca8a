// The session of an application that is not there: workspaces, preferences and health.
import { Failure } from '../lib/host';
import type { Session } from '../lib/wire';
import type { Answer, FakeHost, FakeOptions } from './fake-host';

/** What is asked of the session, and changed in it. */
export const SESSION: Record<string, Answer> = {
  session: (fake) => fake.session,
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
      watched: true,
      state: 'starting' as const,
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
    return { session: fake.session, keyLeft: null };
  },
  signOut: (fake, args: { id: string }) => {
    changeWorkspace(fake, args.id, { keyState: 'missing' });
    return { session: fake.session, keyLeft: null };
  },
  watchWorkspace: (fake, args: { id: string; watched: boolean }) => {
    changeWorkspace(fake, args.id, { watched: args.watched });
    return fake.session;
  },
  retryKey: (fake, args: { id: string }) => {
    changeWorkspace(fake, args.id, { keyState: 'kept' });
    fake.session = { ...fake.session, notices: [] };
    return fake.session;
  },
  pause: (fake, args: { paused: boolean }) => {
    fake.session = {
      ...fake.session,
      health: { ...fake.session.health, state: args.paused ? 'paused' : 'current' },
    };
    fake.emit({ type: 'health', health: fake.session.health });
    return {};
  },
};

/** The open workspace. */
export function current(fake: FakeHost) {
  return fake.session.workspaces.find(({ id }) => id === fake.session.current)!;
}

function changeWorkspace(fake: FakeHost, id: string, change: object): void {
  const workspaces = fake.session.workspaces.map((workspace) =>
    workspace.id === id ? { ...workspace, ...change } : workspace,
  );
  fake.session = { ...fake.session, workspaces };
  fake.emit({ type: 'session' });
}

/** What the fake begins with. */
export function fakeSession(now: number, options: FakeOptions): Session {
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
        watched: true,
        state: 'current',
      },
      {
        id: 'acme',
        name: 'Acme Lending',
        kind: 'codat',
        colour: 'orange',
        safeMode: 'operate',
        keyState: 'session',
        inviteUrl: null,
        watched: true,
        state: 'current',
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
      recordColumns: {},
      toldAboutTray: false,
      zoom: 100,
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
      unreadable: 0,
      nextSweep: now + 48_000,
      offlineSince: null,
      retryAt: null,
      askedUntil: null,
      hold: null,
      asks: false,
      readsRunning: 2,
      quotaLimit: 595_000,
      quotaRemaining: 593_900,
      spentToday: 1_100,
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
