// Every action of the user, once. The palette, the keyboard shortcuts and the menus are built from this list.
import { tick } from 'svelte';
import * as acts from './acts';
import { isKey, isTyping } from './keys';
import { list, selected } from './lists';
import { refusal, type Needs } from './permission';
import { toggleFilter } from './search-text';
import { session } from './session.svelte';
import { shell, type MenuLine } from './shell.svelte';
import { STATUS_BUTTONS, TEXT } from './text';
import { show } from './toasts';
import type { CompanyRow, Preferences } from './wire';

/** Where an action stands in the palette and on the sheet of keys. */
export type ActionGroup = 'Company' | 'List' | 'Go' | 'Workspace' | 'App';

/** One action. */
export interface Action {
  id: string;
  title: string;
  group: ActionGroup;
  /** The first is the one that is shown. */
  keys?: readonly string[];
  /** Whether its keys work while one types: only keys that type nothing. */
  alsoWhileTyping?: boolean;
  /** Its keys work in dialogs too: it changes nothing that one works on. */
  alsoCovered?: boolean;
  /** Its keys work in the list and on a company that is open, so that a letter elsewhere does nothing. */
  inListOnly?: boolean;
  /** Acts on one company: the one that is open, or the row that the keyboard is at. */
  onRow?: boolean;
  /** What the safe mode must allow. */
  needs?: Needs;
  isDanger?: boolean;
  /** Whether it makes sense now. */
  when?: () => boolean;
  run: (row: CompanyRow | null) => void;
}

const onCompanies = () => shell.screen === 'companies';
const hasSearch = () => list.search !== '';
const preferences = () => session.preferences;

const ROW: Action[] = [
  rowAction('row.copyLink', TEXT.copyLinkUrl, ['L'], (row) => acts.copyLinkUrl(row, shell.activeAnchor())),
  {
    ...rowAction('row.open', 'Open company', ['Enter'], (row) => shell.openCompany(row.id)),
    when: onCompanies,
  },
  rowAction('row.connections', TEXT.showConnections, ['C'], openPanel),
  {
    ...rowAction('row.refresh', TEXT.refreshData, ['R'], (row) => void acts.refreshData(row)),
    needs: 'operate',
  },
  { ...rowAction('row.rename', TEXT.rename, ['F2'], acts.startRename), needs: 'operate' },
  rowAction('row.copyId', TEXT.copyId, ['I'], (row) => void acts.copyText(row.id, 'ID')),
  {
    ...rowAction('row.delete', TEXT.delete, ['Delete'], (row) => (shell.deleting = row)),
    needs: 'administer',
    isDanger: true,
  },
];

const FIXED: Action[] = [
  {
    id: 'company.new',
    title: TEXT.newCompany,
    group: 'List',
    keys: ['N', 'Ctrl+Shift+N'],
    needs: 'operate',
    run: () => {
      shell.go('companies');
      shell.isNewCompanyOpen = true;
    },
  },
  { id: 'invite.copy', title: TEXT.copyInviteUrl, group: 'List', run: () => void acts.copyInviteUrl() },
  {
    id: 'query',
    title: 'Search these records',
    group: 'List',
    keys: ['/', 'Ctrl+F'],
    when: () => shell.focusQuery !== null,
    run: () => shell.focusQuery?.(),
  },
  {
    id: 'search',
    title: 'Search companies',
    group: 'List',
    keys: ['/', 'Ctrl+F'],
    when: () => shell.focusQuery === null,
    run: goSearch,
  },
  {
    id: 'search.clear',
    title: TEXT.clearSearch,
    group: 'List',
    when: () => onCompanies() && hasSearch(),
    run: () => list.setSearch(''),
  },
  ...STATUS_BUTTONS.map(({ colour, label, values }, at): Action => ({
    id: `filter.${colour}`,
    title: `Filter: ${label}`,
    group: 'List',
    keys: [`Alt+Shift+${at + 1}`],
    run: () => {
      shell.go('companies');
      list.setSearch(toggleFilter(list.search, 'is', values));
    },
  })),
  {
    id: 'selection.all',
    title: 'Select all companies that match',
    group: 'List',
    keys: ['Ctrl+A'],
    when: onCompanies,
    run: () => selected.all(),
  },
  {
    id: 'selection.refresh',
    title: TEXT.refreshSelected,
    group: 'List',
    keys: ['Shift+R'],
    needs: 'operate',
    when: () => onCompanies() && selected.count > 0,
    run: () => acts.openRefresh(),
  },
  {
    id: 'selection.clear',
    title: 'Select nothing',
    group: 'List',
    when: () => onCompanies() && selected.count > 0,
    run: () => selected.clear(),
  },
  {
    id: 'columns',
    title: 'Choose columns',
    group: 'List',
    run: () => {
      shell.go('companies');
      shell.isColumnsOpen = true;
    },
  },
  {
    id: 'go.back',
    title: 'Go back',
    group: 'Go',
    keys: ['Alt+ArrowLeft'],
    run: () => history.back(),
  },
  {
    id: 'company.leave',
    title: 'Back to the companies',
    group: 'Go',
    keys: ['Escape'],
    when: () => shell.screen === 'company' && shell.drawers === 0,
    run: () => shell.go('companies'),
  },
  {
    id: 'go.companies',
    title: 'Go to Companies',
    group: 'Go',
    keys: ['Ctrl+Shift+C'],
    alsoWhileTyping: true,
    run: () => shell.go('companies'),
  },
  {
    id: 'go.refreshes',
    title: 'Go to Refreshes',
    group: 'Go',
    run: () => shell.openRun(null),
  },
  {
    id: 'go.expiry',
    title: 'Go to Expiry: when connections may lose access',
    group: 'Go',
    keys: ['Ctrl+Shift+E'],
    alsoWhileTyping: true,
    run: () => shell.go('expiry'),
  },
  {
    id: 'go.schedules',
    title: 'Go to Schedules',
    group: 'Go',
    keys: ['Ctrl+Shift+H'],
    alsoWhileTyping: true,
    run: () => shell.go('schedules'),
  },
  {
    id: 'go.dataTypes',
    title: 'Go to Data types: what Codat reads by itself',
    group: 'Go',
    keys: ['Ctrl+Shift+Y'],
    alsoWhileTyping: true,
    run: () => shell.go('dataTypes'),
  },
  {
    id: 'go.sandbox',
    title: 'Go to Sandbox: clock, faults and Link',
    group: 'Go',
    keys: ['Ctrl+Shift+S'],
    alsoWhileTyping: true,
    needs: 'operate',
    when: () => session.workspace?.kind === 'sandbox',
    run: () => shell.go('sandbox'),
  },
  {
    id: 'go.settings',
    title: 'Go to Settings',
    group: 'Go',
    keys: ['Ctrl+,'],
    alsoWhileTyping: true,
    run: () => shell.go('settings'),
  },
  {
    id: 'workspace.add',
    title: 'Add workspace…',
    group: 'Workspace',
    run: () => (shell.isAddWorkspaceOpen = true),
  },
  {
    id: 'sweep',
    title: TEXT.refreshNow,
    group: 'App',
    keys: ['F5'],
    alsoWhileTyping: true,
    run: () => void acts.refreshNow(),
  },
  {
    id: 'pause',
    title: 'Pause background work',
    group: 'App',
    when: () => session.health?.state !== 'paused',
    run: () => void acts.pause(true),
  },
  {
    id: 'resume',
    title: 'Resume background work',
    group: 'App',
    when: () => session.health?.state === 'paused',
    run: () => void acts.pause(false),
  },
  ...themeActions(),
  ...zoomActions(),
  {
    id: 'density',
    title: 'Switch between comfortable and compact rows',
    group: 'App',
    run: () =>
      void session.prefer({ density: preferences()?.density === 'compact' ? 'comfortable' : 'compact' }),
  },
  {
    id: 'sidebar',
    title: 'Fold or unfold the side bar',
    group: 'App',
    keys: ['Ctrl+B'],
    run: () => void session.prefer({ sidebarCollapsed: !preferences()?.sidebarCollapsed }),
  },
  {
    id: 'undo',
    title: 'Undo the last deletion',
    group: 'App',
    keys: ['Ctrl+Z'],
    when: () => (session.value?.pendingDeletes.length ?? 0) > 0,
    run: () => {
      const last = session.value?.pendingDeletes.at(-1);
      if (last) void acts.undoDelete(last.id, last.name);
    },
  },
  {
    id: 'requests',
    title: 'Log of requests',
    group: 'App',
    keys: ['Ctrl+Shift+L'],
    run: () => (shell.isRequestsOpen = true),
  },
  {
    id: 'quota',
    title: 'Requests today, by what they were for',
    group: 'App',
    keys: ['Ctrl+Shift+U'],
    run: () => (shell.isQuotaOpen = true),
  },
  {
    id: 'planner',
    title: 'Plan a day: what it costs at a number of companies',
    group: 'App',
    run: () => (shell.isPlannerOpen = true),
  },
  {
    id: 'palette',
    title: 'Command palette',
    group: 'App',
    keys: ['Ctrl+K'],
    alsoWhileTyping: true,
    run: () => (shell.isPaletteOpen = true),
  },
  {
    id: 'keys',
    title: 'Keyboard shortcuts',
    group: 'App',
    keys: ['?'],
    run: () => (shell.isKeysOpen = true),
  },
  {
    id: 'quit',
    title: 'Quit',
    group: 'App',
    keys: ['Ctrl+Q'],
    when: () => session.value?.host.kind === 'window',
    run: () => void acts.quit(),
  },
];

/** The company that actions apply to: the one that is open, or the row that the keyboard is at. */
export function currentRow(): CompanyRow | null {
  if (shell.screen === 'company') return shell.openRow;
  return onCompanies() ? list.activeRow : null;
}

/** The actions that are available now. */
export function availableActions(): Action[] {
  return [...ROW, ...FIXED, ...workspaceActions()].filter((action) => {
    if (action.onRow && currentRow() === null) return false;
    return action.when?.() ?? true;
  });
}

/** All actions, including unavailable ones: for the sheet of keyboard shortcuts. */
export function allActions(): Action[] {
  return [...ROW, ...FIXED, ...workspaceActions()];
}

export function findAction(id: string): Action | undefined {
  return allActions().find((action) => action.id === id);
}

/** Why an action is refused now; null where it is allowed. */
export function refusalReason(action: Action): string | null {
  return action.needs ? refusal(session.workspace, action.needs) : null;
}

/** Runs a action, on a row where it needs one, or says why it is refused. */
export function runAction(action: Action, row: CompanyRow | null = currentRow()): void {
  const reason = refusalReason(action);
  if (reason !== null) {
    showRefusal(reason);
    return;
  }
  if (action.onRow && row !== null && session.pendingDelete(row.id) !== null) {
    show({ tone: 'info', title: `${row.name} is about to be deleted`, text: 'Undo the deletion first.' });
    return;
  }
  action.run(row);
}

/** Says why something is refused, with the way to the switch. */
export function showRefusal(reason: string): void {
  const part = session.workspace?.id ?? null;
  const action = { label: TEXT.changeSafeMode, run: () => shell.go('settings', part) };
  show({ tone: 'info', title: 'Not in this safe mode', text: reason, action }, 'refused');
}

/** Runs the action that a key is bound to. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const typing = isTyping(event);
  const found = availableActions().find((action) => {
    if (shell.isCovered && !action.alsoCovered) return false;
    if (typing && !action.alsoWhileTyping) return false;
    if (action.inListOnly && !shell.isGridFocused && shell.screen !== 'company') return false;
    return action.keys?.some((key) => isKey(event, key)) ?? false;
  });
  if (found === undefined) return;
  if (event.key === 'Escape') {
    // What is open within the screen hears of this key after us, and closes first.
    setTimeout(() => event.defaultPrevented || runAction(found));
    return;
  }
  event.preventDefault();
  runAction(found);
}

/** The lines of a row's menu. */
export function rowMenuItems(row: CompanyRow): MenuLine[] {
  return ROW.filter((action) => action.when?.() ?? true).map((action) => ({
    kind: 'line',
    id: action.id,
    label: action.title,
    keys: action.keys?.[0],
    refused: refusalReason(action),
    isDanger: action.isDanger ?? false,
    run: () => runAction(action, row),
  }));
}

/** Opens the connections of a company: beside the list, or as the part of it where it is open in full. */
export function openPanel(row: CompanyRow, connection: string | null = null): void {
  if (shell.screen === 'company') {
    shell.openCompany(row.id, 'connections', ...(connection === null ? [] : [connection]));
    return;
  }
  shell.panel = { company: row, connection };
}

function rowAction(id: string, title: string, keys: string[], act: (row: CompanyRow) => void): Action {
  return {
    id,
    title,
    group: 'Company',
    keys,
    inListOnly: true,
    onRow: true,
    run: (row) => {
      if (row !== null) act(row);
    },
  };
}

function goSearch(): void {
  // At once where the box is there: what is typed next must not be lost.
  if (onCompanies()) shell.focusSearch();
  else {
    shell.go('companies');
    void tick().then(() => shell.focusSearch());
  }
}

function themeActions(): Action[] {
  const themes: [Preferences['theme'], string][] = [
    ['system', 'the system’s'],
    ['light', 'light'],
    ['dark', 'dark'],
    ['contrast', 'high contrast'],
  ];
  return themes.map(([theme, name]) => ({
    id: `theme.${theme}`,
    title: `Theme: ${name}`,
    group: 'App',
    when: () => preferences()?.theme !== theme,
    run: () => void session.prefer({ theme }),
  }));
}

/** Sizes of the page, in percent: those of browsers. */
const ZOOMS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** The window's page has no browser that zooms it. */
function zoomActions(): Action[] {
  const now = () => preferences()?.zoom ?? 100;
  const larger = () => ZOOMS.find((zoom) => zoom > now());
  const smaller = () => ZOOMS.findLast((zoom) => zoom < now());
  const zoom = (id: string, title: string, keys: string[], next: () => number | undefined): Action => ({
    id: `zoom.${id}`,
    title,
    group: 'App',
    keys,
    alsoWhileTyping: true,
    alsoCovered: true,
    when: () => session.value?.host.kind === 'window',
    run: () => {
      const size = next();
      if (size !== undefined) void session.prefer({ zoom: size });
    },
  });
  return [
    zoom('in', 'Zoom in', ['Ctrl++', 'Ctrl+='], larger),
    zoom('out', 'Zoom out', ['Ctrl+-'], smaller),
    zoom('reset', 'Actual size', ['Ctrl+0'], () => 100),
  ];
}

/** Switching is one keystroke: Alt and the workspace's place. */
function workspaceActions(): Action[] {
  const workspaces = session.value?.workspaces ?? [];
  return workspaces.map((workspace, at) => ({
    id: `workspace.${workspace.id}`,
    title: `Switch to ${workspace.name}`,
    group: 'Workspace',
    // Not while one types: there Alt and a digit make signs of their own on many keyboards.
    ...(at < 9 ? { keys: [`Alt+${at + 1}`] } : {}),
    when: () => session.value?.current !== workspace.id,
    run: () => void acts.switchWorkspace(workspace.id),
  }));
}
