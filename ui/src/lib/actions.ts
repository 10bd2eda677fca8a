// Finds, checks and runs the actions of the table: for the palette, the keyboard shortcuts and the menus.
import type { Action } from './action';
import { allActions } from './action-table';
import { ROW_ACTIONS } from './company-actions';
import { isKey, isSingleKey, isTyping } from './keys';
import { companyList } from './lists';
import { permissionDeniedReason } from './permission';
import { session } from './session.svelte';
import { shell, type MenuItem } from './shell.svelte';
import { TEXT } from './text';
import { showToast } from './toasts';
import type { CompanyRow } from './wire';

/** The company that actions apply to: the one that is open, or the row that the keyboard is at. */
export function currentRow(): CompanyRow | null {
  if (shell.screen === 'company') return shell.openRow;
  return shell.screen === 'companies' ? companyList.activeRow : null;
}

/** The actions that are available now. */
export function availableActions(): Action[] {
  return allActions().filter((action) => {
    if (action.needsRow && currentRow() === null) return false;
    return action.isAvailable?.() ?? true;
  });
}

export function findAction(id: string): Action | undefined {
  return allActions().find((action) => action.id === id);
}

/** Why an action is refused now; null where it is allowed. */
export function disabledReasonFor(action: Action): string | null {
  return action.requires ? permissionDeniedReason(session.workspace, action.requires) : null;
}

/** Runs an action, on a row if it needs one, or shows why it is not allowed. */
export function runAction(action: Action, row: CompanyRow | null = currentRow()): void {
  const reason = disabledReasonFor(action);
  if (reason !== null) {
    showPermissionDenied(reason);
    return;
  }
  if (action.needsRow && row !== null && session.pendingDelete(row.id) !== null) {
    showToast({
      tone: 'info',
      title: `${row.name} is about to be deleted`,
      text: 'Undo the deletion first.',
    });
    return;
  }
  action.run(row);
}

/** Says why something is refused, with the way to the switch. */
export function showPermissionDenied(reason: string): void {
  const part = session.workspace?.id ?? null;
  const action = { label: TEXT.changeSafeMode, run: () => shell.navigate('settings', part) };
  showToast({ tone: 'info', title: 'Not allowed in this safe mode', text: reason, action }, 'refused');
}

/** Runs the action that a key is bound to. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || pressesTarget(event)) return;
  const typing = isTyping(event);
  const found = availableActions().find((action) => {
    if (shell.hasOverlay && !action.allowedInDialogs) return false;
    if (typing && !action.allowedWhileTyping) return false;
    if (action.onlyInCompanyList && !shell.isGridFocused && shell.screen !== 'company') return false;
    return action.keys?.some((key) => isKey(event, key) && (!isSingleKey(key) || mayUseSingleKey())) ?? false;
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

/** Enter on a button or a link of a row is theirs. */
function pressesTarget(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button') !== null
  );
}

/** Keys of one character work unless they are switched off; in the focused list they always do (WCAG 2.1.4). */
function mayUseSingleKey(): boolean {
  return shell.isGridFocused || (session.value?.preferences.singleKeyShortcuts ?? true);
}

/** The lines of a row's menu. */
export function rowMenuItems(row: CompanyRow): MenuItem[] {
  return ROW_ACTIONS.filter((action) => action.isAvailable?.() ?? true).map((action) => ({
    kind: 'line',
    id: action.id,
    label: action.titleFor?.(row) ?? action.title,
    keys: action.keys?.[0],
    disabledReason: disabledReasonFor(action),
    isDanger: action.isDanger ?? false,
    run: () => runAction(action, row),
  }));
}
