import { beforeEach, expect, test, vi } from 'vitest';
import { listOf, makeCompanies, makeSession, makeWorkspace } from '../test/data';
import { stubHost } from '../test/stub-host';
import { allActions } from './action-table';
import {
  findAction,
  availableActions,
  handleKey,
  disabledReasonFor,
  rowMenuItems,
  runAction,
} from './actions';
import { companyList, selection } from './lists';
import { session } from './session.svelte';
import { shell } from './shell.svelte';
import type { SafeMode, Session } from './wire';

/** What the application keeps. */
let kept: Session;

async function open(safeMode: SafeMode): Promise<void> {
  const acme = makeWorkspace({ id: 'acme', name: 'Acme Lending', kind: 'codat' });
  kept = makeSession({ workspaces: [makeWorkspace({ safeMode }), acme] });
  stubHost({
    ...listOf(makeCompanies(30)),
    session: () => kept,
    switchWorkspace: ({ id }) => (kept = { ...kept, current: id }),
    setPreferences: ({ chosen }) => {
      kept = { ...kept, preferences: { ...kept.preferences, ...chosen } };
      return kept.preferences;
    },
  });
  await session.load();
  companyList.start({ column: 'name', descending: false });
  await vi.waitFor(() => expect(companyList.row(0)).toBeDefined());
  companyList.activate(0);
}

beforeEach(() => {
  companyList.stop();
  Object.assign(shell, {
    screen: 'companies',
    isGridFocused: false,
    nameEdit: null,
    deletingCompany: null,
    panel: null,
    isPeeking: false,
    menu: null,
    isPaletteOpen: false,
    isNewCompanyOpen: false,
  });
  companyList.setSearch('');
});

const press = (key: string, more: Partial<KeyboardEventInit> = {}) => {
  const event = new KeyboardEvent('keydown', { key, cancelable: true, ...more });
  handleKey(event);
  return event;
};

test('every action has a name of its own, and no two the same key at the same time', async () => {
  await open('administer');
  const ids = allActions().map((action) => action.id);
  expect(new Set(ids).size).toBe(ids.length);
  const keys = availableActions().flatMap((action) => action.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

test('every action of a row is in its menu', async () => {
  await open('administer');
  const row = companyList.activeRow;
  if (!row) throw new Error('a row is there');
  const inMenu = rowMenuItems(row).map((line) => line.id);
  expect(inMenu).toEqual(
    allActions()
      .filter((action) => action.needsRow)
      .map((action) => action.id),
  );
});

test('a safe mode refuses what it does not allow, with the reason, and does not do it', async () => {
  await open('view');
  const rename = findAction('row.rename');
  const copy = findAction('row.copyLink');
  if (!rename || !copy) throw new Error('the actions exist');
  expect(disabledReasonFor(rename)).toContain('Sandbox is in safe mode “View”');
  expect(disabledReasonFor(copy)).toBeNull();
  runAction(rename);
  expect(shell.nameEdit).toBeNull();
});

test('operating does not include deleting', async () => {
  await open('operate');
  const remove = findAction('row.delete');
  if (!remove) throw new Error('the action exists');
  runAction(remove);
  expect(shell.deletingCompany).toBeNull();
  await open('administer');
  runAction(remove);
  expect(shell.deletingCompany?.id).toBe(companyList.activeRow?.id);
});

test('letters act on the row only while the keyboard is in the list', async () => {
  await open('administer');
  press('Delete');
  expect(shell.deletingCompany).toBeNull();
  shell.isGridFocused = true;
  expect(press('Delete').defaultPrevented).toBe(true);
  expect(shell.deletingCompany).not.toBeNull();
});

test('keys belong to what stands before the screen', async () => {
  await open('administer');
  shell.isPaletteOpen = true;
  press('n');
  expect(shell.isNewCompanyOpen).toBe(false);
});

test('a key opens the palette, also while one types', async () => {
  await open('administer');
  const input = document.body.appendChild(document.createElement('input'));
  input.addEventListener('keydown', handleKey);
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'n' }));
  expect(shell.isNewCompanyOpen).toBe(false);
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }));
  expect(shell.isPaletteOpen).toBe(true);
  input.remove();
});

test('a company that is about to be deleted is left alone', async () => {
  await open('administer');
  const row = companyList.activeRow;
  const rename = findAction('row.rename');
  if (!row || !rename) throw new Error('both are there');
  session.setPending([{ id: row.id, name: row.name, sendsAt: Date.now() + 10_000, isHeld: false }]);
  runAction(rename);
  expect(shell.nameEdit).toBeNull();
});

test('switching the workspace is one keystroke', async () => {
  await open('administer');
  press('2', { altKey: true, code: 'Digit2' });
  await vi.waitFor(() => expect(session.value?.current).toBe('acme'));
});

test('the theme and the workspace already in use are not offered', async () => {
  await open('administer');
  const offered = () => availableActions().map((action) => action.id);
  const themes = () => offered().filter((id) => id.startsWith('theme.'));
  expect(themes()).toEqual(
    ['system', 'light', 'dark', 'contrast']
      .filter((theme) => theme !== session.preferences?.theme)
      .map((theme) => `theme.${theme}`),
  );
  await session.setPreferences({ theme: 'dark' });
  expect(themes()).not.toContain('theme.dark');
  const current = session.value?.current ?? '';
  expect(offered()).toContain('workspace.acme');
  expect(offered()).not.toContain(`workspace.${current}`);
});

test('a sign that is typed with Alt and a digit switches nothing', async () => {
  await open('administer');
  const field = document.body.appendChild(document.createElement('textarea'));
  field.addEventListener('keydown', handleKey);
  for (const [key, code] of [
    ['#', 'Digit2'],
    ['2', 'Numpad2'],
  ] as const) {
    const event = new KeyboardEvent('keydown', { key, code, altKey: true, cancelable: true });
    field.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  }
  field.remove();
  expect(press('2', { altKey: true, code: 'Numpad2' }).defaultPrevented).toBe(false);
  expect(session.value?.current).not.toBe('acme');
});

test('Ctrl and F goes to the query box of the records on screen, and else to the search', async () => {
  await open('administer');
  const [query, search] = [vi.fn(), vi.fn()];
  shell.focusSearch = search;
  shell.focusQuery = query;
  press('f', { ctrlKey: true });
  expect([query.mock.calls.length, search.mock.calls.length]).toEqual([1, 0]);
  shell.focusQuery = null;
  press('f', { ctrlKey: true });
  expect([query.mock.calls.length, search.mock.calls.length]).toEqual([1, 1]);
});

test('all that match are selected wherever the keyboard is on the screen, and nowhere else', async () => {
  await open('administer');
  expect(press('a', { ctrlKey: true }).defaultPrevented).toBe(true);
  expect(selection.count).toBe(30);
  selection.clear();
  shell.screen = 'settings';
  expect(press('a', { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(selection.count).toBe(0);
});

test('Escape leaves a company once nothing is open in it', async () => {
  await open('administer');
  shell.openCompany(companyList.activeRow?.id ?? '');
  shell.openDrawers = 1;
  expect(press('Escape').defaultPrevented).toBe(false);
  expect(shell.screen).toBe('company');
  shell.openDrawers = 0;
  press('Escape');
  await vi.waitFor(() => expect(shell.screen).toBe('companies'));
});

test('the filter of a color is switched in the search box', async () => {
  await open('administer');
  press('!', { altKey: true, shiftKey: true, code: 'Digit1' });
  expect(companyList.search).toBe('is:red');
});

test('the page of a window is zoomed by keys, also while one types and in a dialog; a browser zooms its own', async () => {
  await open('administer');
  const ctrl = { ctrlKey: true };
  expect(press('+', ctrl).defaultPrevented, 'the browser has it').toBe(false);

  kept = { ...kept, host: { ...kept.host, kind: 'window' } };
  await session.load();
  const size = () => session.preferences?.zoom;
  press('+', { ...ctrl, shiftKey: true });
  press('=', ctrl);
  expect(size()).toBe(125);
  shell.isPaletteOpen = true;
  press('-', ctrl);
  expect(size()).toBe(110);
  press('0', { ...ctrl, code: 'Digit0' });
  expect(size()).toBe(100);
  for (let at = 0; at < 30; at += 1) press('-', ctrl);
  expect(size(), 'no smaller than the smallest').toBe(50);
  for (let at = 0; at < 30; at += 1) press('+', ctrl);
  expect(size(), 'no larger than the largest').toBe(300);
});

test('Enter on a button in the list presses the button, and does not open the company', async () => {
  await open('administer');
  shell.isGridFocused = true;
  const button = document.body.appendChild(document.createElement('button'));
  button.addEventListener('keydown', handleKey);
  const event = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true });
  button.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  expect(shell.screen).toBe('companies');
  expect(press('Enter').defaultPrevented, 'elsewhere in the row it opens the company').toBe(true);
  button.remove();
  shell.isGridFocused = false;
});
