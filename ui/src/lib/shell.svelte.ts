// What is open on this page: the screen, a dialog, the panel, a menu.
import { tick } from 'svelte';
import type { ChosenFiles, CompanyRow, CompanySelection } from './wire';

/** A screen. */
export type Screen =
  'companies' | 'company' | 'refreshes' | 'expiry' | 'schedules' | 'dataTypes' | 'sandbox' | 'settings';

/** A company that is open in full: which part of it, and what is open within that. */
export interface OpenCompany {
  id: string;
  tab: string;
  /** A connection, or a data type and one of its records: as the part has it, from the outside in. */
  within: readonly string[];
}

/** Files to be uploaded, held against what Codat takes. */
export interface Offer {
  /** Whom they are for. */
  company: string;
  chosen: ChosenFiles;
  /** The files themselves, where the page holds them. */
  files: readonly File[] | null;
}

/** Where a menu hangs: an element, or a place on the page. */
export type Anchor = HTMLElement | { x: number; y: number };

/** A line of a menu. */
export interface MenuLine {
  kind: 'line';
  id: string;
  label: string;
  /** A few words at the right. */
  hint?: string;
  keys?: string | undefined;
  /** Why it cannot be chosen. */
  refused?: string | null;
  isDanger?: boolean;
  isChecked?: boolean;
  /** Whether the menu stays open when it is chosen. */
  staysOpen?: boolean;
  /** The hue of a workspace. */
  hue?: string;
  /** The shape of a connection's status. */
  colour?: CompanyRow['colour'];
  run: () => void;
}

/** What a menu is made of. */
export type MenuPart =
  MenuLine | { kind: 'heading'; id: string; label: string } | { kind: 'rule'; id: string };

/** A name that is being edited in its row. */
export interface Editing {
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
  /** The part of Settings that was asked for. */
  settingsPart = $state<string | null>(null);
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
  forgetting = $state<{ id: string; command: 'signOut' | 'removeWorkspace' } | null>(null);
  /** The company that is about to be deleted. */
  deleting = $state.raw<CompanyRow | null>(null);
  /** The companies that are about to be refreshed. */
  refreshing = $state.raw<CompanySelection | null>(null);
  /** The run that is shown in full. */
  run = $state<number | null>(null);
  /** The name that is being edited. */
  editing = $state.raw<Editing | null>(null);
  /** The company whose connections are shown beside the list, and the one in view. */
  panel = $state.raw<{ company: CompanyRow; connection: string | null } | null>(null);
  /** The menu that is open. */
  menu = $state.raw<{ anchor: Anchor; parts: MenuPart[]; label: string } | null>(null);
  /** Files that were dropped or chosen, to be sent to the company that is open. */
  offer = $state.raw<Offer | null>(null);
  /** Whether files are held above the window. */
  isHovered = $state(false);
  /** Whether another screen than the list was shown since the start. */
  wasElsewhere = false;
  /** Whether the keyboard is in the list. */
  isGridFocused = $state(false);
  /** Parts beside a list that Escape closes; each counts itself. */
  drawers = $state(0);
  /** Dialogs that are open; each counts itself. */
  dialogs = $state(0);

  /** Whether something stands before the screen, so that keys belong to it. */
  get isCovered(): boolean {
    return this.dialogs > 0 || this.isPaletteOpen || this.menu !== null;
  }

  /** Goes to a screen. */
  go(screen: Screen, part: string | null = null): void {
    this.screen = screen;
    this.settingsPart = part;
    if (screen !== 'companies') this.wasElsewhere = true;
    if (screen !== 'companies') this.panel = null;
  }

  /** Shows a run in full. */
  openRun(run: number | null): void {
    this.run = run;
    this.go('refreshes');
  }

  /** Opens a company in full. */
  openCompany(id: string, tab = 'summary', ...within: string[]): void {
    const open = this.company;
    this.go('company');
    if (open?.id === id && open.tab === tab && isSame(open.within, within)) return;
    // Files that are offered to one company are never sent to another.
    if (this.offer !== null && this.offer.company !== id) this.offer = null;
    this.company = { id, tab, within };
  }

  /** Nothing that belongs to a workspace stays open when another one is opened. */
  leaveWorkspace(): void {
    this.panel = null;
    this.editing = null;
    this.deleting = null;
    this.refreshing = null;
    this.run = null;
    this.menu = null;
    // Another workspace may be none that can be driven.
    this.company = null;
    this.offer = null;
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
