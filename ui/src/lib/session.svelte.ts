// Everything but the lists: workspaces, preferences, health, notices, and deletions that can still be undone.
import { call, setCallWorkspace, callSurvivingUnload } from './calls';
import { setClockOffset } from './clock.svelte';
import { onEvent } from './events';
import { Failure } from './host';
import { isAffected } from './query-events';
import { showFailure } from './toasts';
import type { Chosen, Health, PendingDelete, Preferences, Session, Workspace } from './wire';

const THEME = 'portal-theme';
/** A name that no other page has. */
const PAGE = crypto.getRandomValues(new Uint32Array(4)).join('-');

class SessionState {
  /** The newest answer of the application; `null` before the first. */
  value = $state.raw<Session | null>(null);
  /** Why there is nothing. */
  failure = $state.raw<Failure | null>(null);
  /** The ID of the workspace that is being opened in place of the open one. */
  openingWorkspace = $state<string | null>(null);
  /** Notices that the person has put away. */
  dismissedNotices = $state.raw<ReadonlySet<string>>(new Set());

  #requestId = 0;
  /** The state of things that was heard of since the last request. */
  #latestHealth: Health | null = null;
  /** The preferences that the application last confirmed. */
  #savedPreferences: Preferences | null = null;
  /** What was chosen since then. */
  #unsavedPreferences: Chosen = {};
  #turn = 0;

  /** The open workspace. */
  get workspace(): Workspace | null {
    const session = this.value;
    return session?.workspaces.find((workspace) => workspace.id === session.current) ?? null;
  }

  /** The state of things. */
  get health(): Health | null {
    return this.value?.health ?? null;
  }

  /** What is remembered. */
  get preferences(): Preferences | null {
    return this.value?.preferences ?? null;
  }

  /** Whether the workspace is stopped for a reason that a notice explains; Codat is not the cause. */
  get isStopped(): boolean {
    return this.value?.notices.some((notice) => notice.tone === 'error') ?? false;
  }

  /** The deletion of a company, while it can be undone. */
  pendingDelete(id: string): PendingDelete | null {
    return this.value?.pendingDeletes.find((pending) => pending.id === id) ?? null;
  }

  /** Subscribes to events and loads the session; returns a function that stops. */
  start(): () => void {
    const stop = onEvent((event) => {
      if (isAffected('session', event)) void this.load();
      if (event.type === 'health') this.#onHealth(event.health);
    });
    void this.load();
    return stop;
  }

  /** Asks for the session again. */
  async load(): Promise<void> {
    const requestId = (this.#requestId += 1);
    this.#latestHealth = null;
    try {
      const session = await call('session', {});
      if (requestId !== this.#requestId) return;
      // What was heard while the answer was on its way is newer than the answer.
      this.apply(this.#latestHealth ? { ...session, health: this.#latestHealth } : session);
    } catch (thrown) {
      if (requestId === this.#requestId) this.failure = Failure.from(thrown);
    }
  }

  /** Shows a session that came with another answer. */
  apply(session: Session): void {
    this.#requestId += 1;
    this.#savedPreferences = session.preferences;
    setCallWorkspace(session.current);
    // A choice here is newer than the application's answer until it is confirmed.
    const preferences = { ...session.preferences, ...this.#unsavedPreferences };
    this.value = { ...session, preferences };
    setClockOffset(this.workspace?.clockOffset ?? 0);
    this.failure = null;
    saveTheme(preferences.theme);
  }

  /**
   * Changes preferences: at once on screen, then for good; back again where that fails. The choice is sent
   * at once too, for the page may be gone in a moment, and carries those before it that may not have come.
   */
  async setPreferences(change: Chosen): Promise<void> {
    if (this.value === null) return;
    this.previewPreferences(change);
    saveTheme(this.value.preferences.theme);
    this.#unsavedPreferences = { ...this.#unsavedPreferences, ...change };
    const turn = { page: PAGE, at: (this.#turn += 1) };
    try {
      const kept = await callSurvivingUnload('setPreferences', { turn, chosen: this.#unsavedPreferences });
      if (turn.at === this.#turn) this.#applySavedPreferences(kept);
    } catch (thrown) {
      // A later choice has this one in it, and has its own answer.
      if (turn.at !== this.#turn) return;
      showFailure('Couldn’t save this setting', thrown);
      this.#applySavedPreferences(this.#savedPreferences ?? this.value.preferences);
    }
    // An answer that was requested before the change was stored may be older.
    if (turn.at === this.#turn) await this.load();
  }

  /** Nothing is on its way any more: the screen shows what the application keeps. */
  #applySavedPreferences(kept: Preferences): void {
    this.#unsavedPreferences = {};
    this.#savedPreferences = kept;
    this.previewPreferences(kept);
    saveTheme(kept.theme);
  }

  #onHealth(health: Health): void {
    this.#latestHealth = health;
    if (this.value) this.value = { ...this.value, health };
  }

  /** Shows preferences without keeping them: while something is dragged. */
  previewPreferences(change: Partial<Preferences>): void {
    if (this.value) this.value = { ...this.value, preferences: { ...this.value.preferences, ...change } };
  }

  /** Puts a notice away until the next start. */
  dismissNotice(id: string): void {
    this.dismissedNotices = new Set([...this.dismissedNotices, id]);
  }

  /** Adds or removes a deletion before the session is asked again. */
  setPending(pendingDeletes: PendingDelete[]): void {
    if (this.value) this.value = { ...this.value, pendingDeletes };
  }
}

/** The session of this page. */
export const session = new SessionState();

/** The theme that the next start shows before the application has answered. */
export function savedTheme(): string {
  return readItem(THEME) ?? 'system';
}

function saveTheme(theme: string): void {
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // Without storage the next start begins with the system's theme.
  }
}

function readItem(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
