// What is open on this page: the screen, a dialog, the panel, a menu.
import { tick } from 'svelte';
import type { ChosenFiles, CompanyRow, CompanySelection, RunActName, SavedView } from './wire';

/** A screen. */
export type Screen =
  | 'companies'
  | 'company'
  | 'inbox'
  | 'refreshes'
  | 'expiry'
  | 'schedules'
  | 'dataTypes'
  | 'sandbox'
  | 'settings';

/** A company that is open in full: which part of it, and what is open within that. */
export interface OpenCompany {
  id: string;
  tab: string;
  /** A connection, or a data type and one of its records: as the part has it, from the outside in. */
  subpath: readonly string[];
}

/** Files to be uploaded, held against what Codat takes. */
export interface PendingUpload {
  /** Whom they are for. */
  company: string;
  chosen: ChosenFiles;
  /** The files themselves, if the page rather than the application has them. */
  files: readonly File[] | null;
}

/** Where a menu hangs: an element, or a place on the page. */
export type Anchor = HTMLElement | { x: number; y: number };

/** A line of a menu. */
export interface MenuItem {
  kind: 'line';
  id: string;
  label: string;
  /** A few words at the right. */
  hint?: string;
  keys?: string | undefined;
  /** Why it cannot be chosen. */
  disabledReason?: string | null;
  isDanger?: boolean;
  isChecked?: boolean;
  /** Whether the menu stays open when it is chosen. */
  staysOpen?: boolean;
  /** The hue of a workspace. */
  hue?: string;
  /** The shape of a connection's status. */
  color?: CompanyRow['color'];
  run: () => void;
}

/** What a menu is made of. */
export type MenuEntry =
  MenuItem | { kind: 'heading'; id: string; label: string } | { kind: 'rule'; id: string };

/** A name that is being edited in its row. */
export interface NameEdit {
  row: CompanyRow;
  text: string;
  problem: string | null;
  isSaving: boolean;
}

class Shell {
  screen = $state<Screen>('companies');
  /** The company that is open in full. */
  company = $state.raw<OpenCompany | null>(null);
  /** The same company as it is known now. */
  openRow = $state.raw<CompanyRow | null>(null);
  /** The section of Settings to open. */
  settingsSection = $state<string | null>(null);
  isPaletteOpen = $state(false);
  isKeysOpen = $state(false);
  isColumnsOpen = $state(false);
  /** The log of requests. */
  isRequestsOpen = $state(false);
  /** What is spent of the day, over the status bar. */
  isQuotaOpen = $state(false);
  /** What a day costs at a number of companies. */
  isPlannerOpen = $state(false);
  isNewCompanyOpen = $state(false);
  isAddWorkspaceOpen = $state(false);
  /** The workspace whose key is being replaced. */
  replacingKey = $state<string | null>(null);
  /** The workspace whose key, or all of which, is about to be deleted; the dialog is open. */
  removingWorkspace = $state<{ id: string; command: 'signOut' | 'removeWorkspace' } | null>(null);
  /** The company that is about to be deleted. */
  deletingCompany = $state.raw<CompanyRow | null>(null);
  /** What is about to be done with many companies. */
  bulkChange = $state.raw<{ act: RunActName; selection: CompanySelection } | null>(null);
  /** The view whose name is being entered: a new one, or one to rename. */
  namingView = $state.raw<SavedView | null>(null);
  /** The run that is shown in full. */
  openRunId = $state<number | null>(null);
  /** The name that is being edited. */
  nameEdit = $state.raw<NameEdit | null>(null);
  /** The company whose connections are shown beside the list, and the one in view. */
  panel = $state.raw<{ company: CompanyRow; connection: string | null } | null>(null);
  /** Whether the company at the cursor of the list is shown beside it. */
  isPeeking = $state(false);
  /** The menu that is open. */
  menu = $state.raw<{ anchor: Anchor; entries: MenuEntry[]; label: string } | null>(null);
  /** Files that were dropped or chosen, to be sent to the company that is open. */
  pendingUpload = $state.raw<PendingUpload | null>(null);
  /** Whether files are held above the window. */
  isDraggingFiles = $state(false);
  /** Whether another screen than the list was shown since the start. */
  hasLeftCompanies = false;
  /** Whether the keyboard is in the list. */
  isGridFocused = $state(false);
  /** Parts beside a list that Escape closes; each counts itself. */
  openDrawers = $state(0);
  /** Dialogs that are open; each counts itself. */
  openDialogs = $state(0);

  /** Whether something stands before the screen, so that keys belong to it. */
  get hasOverlay(): boolean {
    return this.openDialogs > 0 || this.isPaletteOpen || this.menu !== null;
  }

  /** Goes to a screen. */
  navigate(screen: Screen, part: string | null = null): void {
    this.screen = screen;
    this.settingsSection = part;
    if (screen === 'companies') return;
    this.hasLeftCompanies = true;
    this.panel = null;
    this.isPeeking = false;
  }

  /** Shows a run in full. */
  openRun(run: number | null): void {
    this.openRunId = run;
    this.navigate('refreshes');
  }

  /** Opens a company in full. */
  openCompany(id: string, tab = 'summary', ...within: string[]): void {
    const open = this.company;
    this.navigate('company');
    if (open?.id === id && open.tab === tab && isSame(open.subpath, within)) return;
    // Files that are offered to one company are never sent to another.
    if (this.pendingUpload !== null && this.pendingUpload.company !== id) this.pendingUpload = null;
    this.company = { id, tab, subpath: within };
  }

  /** Nothing that belongs to a workspace stays open when another one is opened. */
  resetForWorkspace(): void {
    this.panel = null;
    this.isPeeking = false;
    this.nameEdit = null;
    this.deletingCompany = null;
    this.bulkChange = null;
    this.namingView = null;
    this.openRunId = null;
    this.menu = null;
    // Another workspace may be none that can be driven.
    this.company = null;
    this.pendingUpload = null;
    this.isNewCompanyOpen = false;
    this.isColumnsOpen = false;
    this.isQuotaOpen = false;
    this.isPlannerOpen = false;
    if (this.screen === 'sandbox' || this.screen === 'company') this.screen = 'companies';
  }

  /** Puts the keyboard into the search box; the box sets this. */
  focusSearch: () => void = () => {};
  /** Puts the keyboard into the query box of the records on screen; the box sets this while it is there. */
  focusQuery: (() => void) | null = null;
  /** Asks for a name for what the list shows and saves it as a view; the list sets this. */
  saveShown: () => void = () => {};
  /** Puts the keyboard into the list; the list sets this. */
  focusGrid: () => void = () => {};
  /** Puts the keyboard where the screen begins: into the list, or on the heading. */
  focusScreen(): void {
    if (this.screen === 'companies') this.focusGrid();
    else void tick().then(focusHeading);
  }

  /** Where a menu for the active row hangs; the list sets this. */
  activeAnchor: () => Anchor = () => ({ x: 0, y: 0 });
}

/** Puts the keyboard on the heading of the screen: it can be focused, and no key stops there. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('main h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** What is open on this page. */
export const shell = new Shell();
