// Every action of the user, once: its words, its keys, when it is available, and what it does.
import { tick } from 'svelte';
import { firstSteps } from './first-steps.svelte';
import * as operations from './operations';
import { companyList, runList, selection } from './lists';
import type { RequiredMode } from './permission';
import { toggleFilter } from './search-text';
import { session } from './session.svelte';
import { shell } from './shell.svelte';
import { STATUS_BUTTONS, TEXT } from './text';
import { views } from './views.svelte';
import type { CompanyRow, Preferences } from './wire';

/** Where an action stands in the palette and on the sheet of keys. */
export type ActionGroup = 'Company' | 'List' | 'Go' | 'Workspace' | 'App';

/** One action. */
export interface Action {
  id: string;
  title: string;
  /** The title where it depends on the row. */
  titleFor?: (row: CompanyRow) => string;
  group: ActionGroup;
  /** The first is the one that is shown. */
  keys?: readonly string[];
  /** Whether its keys work while one types: only keys that type nothing. */
  allowedWhileTyping?: boolean;
  /** Its keys work in dialogs too: it changes nothing that one works on. */
  allowedInDialogs?: boolean;
  /** Its keys work in the list and on a company that is open, so that a letter elsewhere does nothing. */
  onlyInCompanyList?: boolean;
  /** Acts on one company: the one that is open, or the row that the keyboard is at. */
  needsRow?: boolean;
  /** What the safe mode must allow. */
  requires?: RequiredMode;
  isDanger?: boolean;
  /** Whether it makes sense now. */
  isAvailable?: () => boolean;
  run: (row: CompanyRow | null) => void;
}

const onCompanies = () => shell.screen === 'companies';
const hasSearch = () => companyList.search !== '';
const preferences = () => session.preferences;

/** The actions on one company, in the order of its menu. */
export const ROW_ACTIONS: readonly Action[] = [
  {
    ...rowAction('row.copyLink', TEXT.copyLink, ['L'], (row) =>
      operations.copyLinkUrl(row, shell.activeAnchor()),
    ),
    titleFor: operations.copyLinkTitle,
  },
  {
    ...rowAction('row.open', 'Open company', ['Enter'], (row) => shell.openCompany(row.id)),
    isAvailable: onCompanies,
  },
  {
    id: 'row.peek',
    title: 'Peek',
    group: 'Company',
    needsRow: true,
    isAvailable: onCompanies,
    run: () => {
      shell.panel = null;
      shell.isPeeking = true;
    },
  },
  rowAction('row.connections', TEXT.showConnections, ['C'], openPanel),
  {
    ...rowAction('row.refresh', TEXT.refreshData, ['R'], (row) => void operations.refreshData(row)),
    requires: 'operate',
  },
  { ...rowAction('row.rename', TEXT.rename, ['F2'], operations.startRename), requires: 'operate' },
  rowAction('row.copyId', TEXT.copyId, ['I'], (row) => void operations.copyText(row.id, 'ID')),
  {
    ...rowAction('row.delete', TEXT.delete, ['Delete'], (row) => (shell.deletingCompany = row)),
    requires: 'administer',
    isDanger: true,
  },
];

const GLOBAL_ACTIONS: readonly Action[] = [
  {
    id: 'company.new',
    title: TEXT.newCompany,
    group: 'List',
    keys: ['N', 'Ctrl+Shift+N'],
    requires: 'operate',
    run: () => {
      shell.navigate('companies');
      shell.isNewCompanyOpen = true;
    },
  },
  { id: 'invite.copy', title: TEXT.copyInviteUrl, group: 'List', run: () => void operations.copyInviteUrl() },
  {
    id: 'query',
    title: 'Search these records',
    group: 'List',
    keys: ['/', 'Ctrl+F'],
    isAvailable: () => shell.focusQuery !== null,
    run: () => shell.focusQuery?.(),
  },
  {
    id: 'search',
    title: 'Search companies',
    group: 'List',
    keys: ['/', 'Ctrl+F'],
    isAvailable: () => shell.focusQuery === null,
    run: goSearch,
  },
  {
    id: 'search.clear',
    title: TEXT.clearSearch,
    group: 'List',
    isAvailable: () => onCompanies() && hasSearch(),
    run: () => companyList.setSearch(''),
  },
  ...STATUS_BUTTONS.map(({ color, label, values }, at): Action => ({
    id: `filter.${color}`,
    title: `Filter: ${label}`,
    group: 'List',
    keys: [`Alt+Shift+${at + 1}`],
    run: () => {
      shell.navigate('companies');
      companyList.setSearch(toggleFilter(companyList.search, 'is', values));
    },
  })),
  {
    id: 'selection.all',
    title: 'Select all matching companies',
    group: 'List',
    keys: ['Ctrl+A'],
    isAvailable: onCompanies,
    run: () => selection.all(),
  },
  {
    id: 'selection.refresh',
    title: TEXT.refreshSelected,
    group: 'List',
    keys: ['Shift+R'],
    requires: 'operate',
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => operations.openBulkChange('refresh'),
  },
  {
    id: 'selection.changeTags',
    title: 'Change tags of the selected companies…',
    group: 'List',
    keys: ['Shift+T'],
    requires: 'operate',
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => operations.openBulkChange('changeTags'),
  },
  {
    id: 'selection.delete',
    title: 'Delete the selected companies…',
    group: 'List',
    keys: ['Shift+Delete'],
    requires: 'administer',
    isDanger: true,
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => operations.openBulkChange('delete'),
  },
  {
    id: 'selection.clear',
    title: 'Clear selection',
    group: 'List',
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => selection.clear(),
  },
  {
    id: 'view.save',
    title: 'Save search, order and columns as a view…',
    group: 'List',
    isAvailable: onCompanies,
    run: () => shell.saveShown(),
  },
  {
    id: 'columns',
    title: 'Choose columns',
    group: 'List',
    run: () => {
      shell.navigate('companies');
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
    title: 'Back to Companies',
    group: 'Go',
    keys: ['Escape'],
    isAvailable: () => shell.screen === 'company' && shell.openDrawers === 0,
    run: () => shell.navigate('companies'),
  },
  neighborAction('company.previous', 'Previous company of the list', ['K', 'Alt+ArrowUp'], -1),
  neighborAction('company.next', 'Next company of the list', ['J', 'Alt+ArrowDown'], 1),
  {
    id: 'go.companies',
    title: 'Go to Companies',
    group: 'Go',
    keys: ['Ctrl+Shift+C'],
    allowedWhileTyping: true,
    run: () => shell.navigate('companies'),
  },
  {
    id: 'go.inbox',
    title: 'Go to Inbox: alerts and their rules',
    group: 'Go',
    keys: ['Ctrl+Shift+I'],
    allowedWhileTyping: true,
    run: () => shell.navigate('inbox'),
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
    allowedWhileTyping: true,
    run: () => shell.navigate('expiry'),
  },
  {
    id: 'go.schedules',
    title: 'Go to Schedules',
    group: 'Go',
    keys: ['Ctrl+Shift+H'],
    allowedWhileTyping: true,
    run: () => shell.navigate('schedules'),
  },
  {
    id: 'go.dataTypes',
    title: 'Go to Data types: what Codat syncs automatically',
    group: 'Go',
    keys: ['Ctrl+Shift+Y'],
    allowedWhileTyping: true,
    run: () => shell.navigate('dataTypes'),
  },
  {
    id: 'go.sandbox',
    title: 'Go to Sandbox tools: clock, faults and Link',
    group: 'Go',
    keys: ['Ctrl+Shift+S'],
    allowedWhileTyping: true,
    requires: 'operate',
    isAvailable: () => session.workspace?.kind === 'sandbox',
    run: () => shell.navigate('sandbox'),
  },
  {
    id: 'go.settings',
    title: 'Go to Settings',
    group: 'Go',
    keys: ['Ctrl+,'],
    allowedWhileTyping: true,
    run: () => shell.navigate('settings'),
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
    allowedWhileTyping: true,
    run: () => void operations.refreshNow(),
  },
  {
    id: 'pause',
    title: 'Pause background work',
    group: 'App',
    isAvailable: () => session.health?.state !== 'paused',
    run: () => void operations.setPaused(true),
  },
  {
    id: 'resume',
    title: 'Resume background work',
    group: 'App',
    isAvailable: () => session.health?.state === 'paused',
    run: () => void operations.setPaused(false),
  },
  ...themeActions(),
  ...zoomActions(),
  {
    id: 'density',
    title: 'Switch between comfortable and compact rows',
    group: 'App',
    run: () =>
      void session.setPreferences({
        density: preferences()?.density === 'compact' ? 'comfortable' : 'compact',
      }),
  },
  {
    id: 'sidebar',
    title: 'Show or hide the side bar',
    group: 'App',
    keys: ['Ctrl+B'],
    run: () => void session.setPreferences({ sidebarCollapsed: !preferences()?.sidebarCollapsed }),
  },
  {
    id: 'undo',
    title: 'Undo the last deletion',
    group: 'App',
    keys: ['Ctrl+Z'],
    isAvailable: () =>
      (session.value?.pendingDeletes.length ?? 0) > 0 || runList.unfinished.some((run) => run.canUndo),
    run: () => {
      const run = runList.unfinished.find((one) => one.canUndo);
      if (run) return void operations.controlRun('cancelRun', run);
      const last = session.value?.pendingDeletes.at(-1);
      if (last) void operations.undoDelete(last.id, last.name);
    },
  },
  {
    id: 'requests',
    title: 'Request log',
    group: 'App',
    keys: ['Ctrl+Shift+L'],
    run: () => (shell.isRequestsOpen = true),
  },
  {
    id: 'quota',
    title: 'Requests today, by purpose',
    group: 'App',
    keys: ['Ctrl+Shift+U'],
    run: () => (shell.isQuotaOpen = true),
  },
  {
    id: 'planner',
    title: 'Plan a day: requests for any number of companies',
    group: 'App',
    run: () => (shell.isPlannerOpen = true),
  },
  {
    id: 'palette',
    title: 'Command palette',
    group: 'App',
    keys: ['Ctrl+K'],
    allowedWhileTyping: true,
    run: () => (shell.isPaletteOpen = true),
  },
  {
    id: 'firstSteps.show',
    title: 'Show first steps',
    group: 'App',
    isAvailable: () => !(onCompanies() && firstSteps.isShown),
    run: () => {
      shell.navigate('companies');
      firstSteps.show();
    },
  },
  {
    id: 'firstSteps.dismiss',
    title: 'Dismiss first steps',
    group: 'App',
    isAvailable: () => onCompanies() && firstSteps.isShown,
    run: () => firstSteps.dismiss(),
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
    isAvailable: () => session.value?.host.kind === 'window',
    run: () => void operations.quit(),
  },
];

/** All actions, including unavailable ones: for the sheet of keyboard shortcuts. */
export function allActions(): Action[] {
  return [...ROW_ACTIONS, ...GLOBAL_ACTIONS, ...viewActions(), ...workspaceActions()];
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
    onlyInCompanyList: true,
    needsRow: true,
    run: (row) => {
      if (row !== null) act(row);
    },
  };
}

/** Opens the company so many rows below the open one, in the search and order of the list. */
function neighborAction(id: string, title: string, keys: string[], by: number): Action {
  const neighbor = () => {
    const open = shell.screen === 'company' ? shell.company : null;
    return open === null ? null : companyList.neighborOf(open.id, by);
  };
  return {
    id,
    title,
    group: 'Go',
    keys,
    isAvailable: () => neighbor() !== null,
    run: () => {
      const next = neighbor();
      if (next === null) return;
      companyList.visit(next);
      shell.openCompany(next, shell.company?.tab);
    },
  };
}

function goSearch(): void {
  // At once where the box is there: what is typed next must not be lost.
  if (onCompanies()) shell.focusSearch();
  else {
    shell.navigate('companies');
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
  return themes.map(([theme, name]): Action => ({
    id: `theme.${theme}`,
    title: `Theme: ${name}`,
    group: 'App',
    isAvailable: () => preferences()?.theme !== theme,
    run: () => void session.setPreferences({ theme }),
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
    allowedWhileTyping: true,
    allowedInDialogs: true,
    isAvailable: () => session.value?.host.kind === 'window',
    run: () => {
      const size = next();
      if (size !== undefined) void session.setPreferences({ zoom: size });
    },
  });
  return [
    zoom('in', 'Zoom in', ['Ctrl++', 'Ctrl+='], larger),
    zoom('out', 'Zoom out', ['Ctrl+-'], smaller),
    zoom('reset', 'Actual size', ['Ctrl+0'], () => 100),
  ];
}

/** A digit opens one of the first nine views. */
function viewActions(): Action[] {
  return views.all.map(({ view }, at) => ({
    id: `view.${view.id}`,
    title: `Open view: ${view.name}`,
    group: 'List',
    ...(at < 9 ? { keys: [`${at + 1}`] } : {}),
    run: () => views.show(view.id),
  }));
}

/** Switching is one keystroke: Alt and the workspace's place. */
function workspaceActions(): Action[] {
  const workspaces = session.value?.workspaces ?? [];
  return workspaces.map((workspace, at): Action => ({
    id: `workspace.${workspace.id}`,
    title: `Switch to ${workspace.name}`,
    group: 'Workspace',
    // Not while one types: there Alt and a digit make signs of their own on many keyboards.
    ...(at < 9 ? { keys: [`Alt+${at + 1}`] } : {}),
    isAvailable: () => session.value?.current !== workspace.id,
    run: () => void operations.switchWorkspace(workspace.id),
  }));
}
