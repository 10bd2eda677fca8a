// The actions that go from one screen, company or workspace to another.
import type { Action } from './action';
import { companyList } from './lists';
import * as operations from './operations';
import { session } from './session.svelte';
import { shell } from './shell.svelte';

/** The ways to the screens. */
export const NAVIGATION_ACTIONS: readonly Action[] = [
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
];

/** Switching is one keystroke: Alt and the workspace's place. */
export function workspaceActions(): Action[] {
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
