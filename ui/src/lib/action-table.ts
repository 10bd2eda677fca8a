// Every action of the user, once: its words, its keys, when it is available, and what it does.
import type { Action } from './action';
import { APP_ACTIONS } from './app-actions';
import { ROW_ACTIONS } from './company-actions';
import { LIST_ACTIONS, viewActions } from './list-actions';
import { NAVIGATION_ACTIONS, workspaceActions } from './navigation-actions';

/** All actions, including unavailable ones: for the sheet of keyboard shortcuts. */
export function allActions(): Action[] {
  return [
    ...ROW_ACTIONS,
    ...LIST_ACTIONS,
    ...NAVIGATION_ACTIONS,
    ...APP_ACTIONS,
    ...viewActions(),
    ...workspaceActions(),
  ];
}
