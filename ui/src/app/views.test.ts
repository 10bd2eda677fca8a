import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { toast } from 'svelte-sonner';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { availableActions, handleKey } from '../lib/actions';
import { companyList } from '../lib/lists';
import { startRouter } from '../lib/router.svelte';
import { session } from '../lib/session.svelte';
import { shell } from '../lib/shell.svelte';
import type { ToastMessage } from '../lib/toasts';
import { views } from '../lib/views.svelte';
import type { Session, Sort } from '../lib/wire';
import { completeChoices } from '../screens/companies/columns';
import SearchBox from '../screens/companies/SearchBox.svelte';
import ViewNameDialog from '../screens/companies/ViewNameDialog.svelte';
import { listOf, makeCompanies, makeSession, makeView, viewsOf } from '../test/data';
import { fails, stubHost, type StubHost } from '../test/stub-host';
import SideBarViews from './SideBarViews.svelte';

const BY_NAME: Sort = { column: 'name', descending: false };
const NARROW = completeChoices([{ key: 'tags', width: null, shown: true }]);
const broken = makeView();
const tagged = makeView({ id: 'tagged', name: 'Tagged', search: 'tag:uk', columns: NARROW });
const old = makeView({ id: 'old', name: 'Old', search: 'stale:>7d', sort: BY_NAME });

let backend: StubHost;
let kept: Session;
let shown: ToastMessage[];

beforeEach(async () => {
  kept = makeSession();
  backend = stubHost({
    ...listOf(makeCompanies(3)),
    ...viewsOf(broken, tagged, old),
    session: () => kept,
    complete: () => [],
    setPreferences: ({ chosen }) => {
      kept = { ...kept, preferences: { ...kept.preferences, ...chosen } };
      return kept.preferences;
    },
  });
  shown = [];
  vi.spyOn(toast, 'custom').mockImplementation((_card, options) => {
    shown.push((options?.componentProps as unknown as { message: ToastMessage }).message);
    return '';
  });
  await session.load();
  Object.assign(shell, { screen: 'companies', menu: null, namingView: null });
  companyList.search = '';
  companyList.start(BY_NAME);
  views.reset();
  views.start();
  await vi.waitFor(() => expect(views.all).toHaveLength(3));
});

afterEach(() => {
  views.showAll();
  companyList.stop();
  vi.restoreAllMocks();
});

const names = () => views.all.map(({ view }) => view.name);
const columns = () => session.preferences?.columns;

function chooseInMenu(id: string): void {
  const line = shell.menu?.entries.find((one) => one.id === id);
  if (line?.kind !== 'line') throw new Error(`the menu has no ${id}`);
  shell.menu = null;
  line.run();
}

test('a view sets search, order and columns, and the list has its own back afterwards', async () => {
  views.show('tagged');
  expect([companyList.search, companyList.sort]).toEqual(['tag:uk', broken.sort]);
  expect(columns()).toEqual(NARROW);
  views.show('old');
  expect([companyList.search, columns()]).toEqual(['stale:>7d', []]);
  views.show('tagged');
  views.showAll();
  expect([companyList.search, companyList.sort, columns()]).toEqual(['', BY_NAME, []]);
});

test('sorting and columns within a view do not change those of the list', async () => {
  views.show('broken');
  companyList.setSort({ column: 'created', descending: true });
  await session.setPreferences({ sort: companyList.sort, columns: NARROW });
  views.showAll();
  await vi.waitFor(() => expect(kept.preferences.sort).toEqual(BY_NAME));
  expect(kept.preferences.columns).toEqual([]);
});

test('the list has its own columns after a start without the view that was open when the page closed', async () => {
  views.show('tagged');
  await vi.waitFor(() => expect(kept.preferences.columns).toEqual(NARROW));
  const layout = localStorage.getItem('portal-list-layout') ?? '';
  views.showAll();
  await session.setPreferences({ columns: NARROW });
  localStorage.setItem('portal-list-layout', layout);
  views.start();
  await vi.waitFor(() => expect(kept.preferences.columns).toEqual([]));
});

test('the first nine views open by a digit, but not while one types', async () => {
  const field = document.body.appendChild(document.createElement('input'));
  field.addEventListener('keydown', handleKey);
  const digit = { key: '2', code: 'Digit2', cancelable: true };
  field.dispatchEvent(new KeyboardEvent('keydown', digit));
  expect(views.openId).toBeNull();
  field.remove();
  shell.screen = 'settings';
  handleKey(new KeyboardEvent('keydown', digit));
  expect([views.openId, shell.screen]).toEqual(['tagged', 'companies']);
});

test('keys of one character work only in the list once they are switched off', async () => {
  await session.setPreferences({ singleKeyShortcuts: false });
  const digit = { key: '2', code: 'Digit2', cancelable: true };
  handleKey(new KeyboardEvent('keydown', digit));
  expect(views.openId).toBeNull();
  shell.isGridFocused = true;
  handleKey(new KeyboardEvent('keydown', digit));
  expect(views.openId).toBe('tagged');
  shell.isGridFocused = false;
});

test('every view is an action of the palette, and only nine have a key', async () => {
  Object.assign(
    backend.stubs,
    viewsOf(...Array.from({ length: 11 }, (_, at) => makeView({ id: `v${at}`, name: `View ${at}` }))),
  );
  views.reset();
  await vi.waitFor(() => expect(views.all).toHaveLength(11));
  const found = availableActions().filter(({ title }) => title.startsWith('Open view: '));
  expect(found).toHaveLength(11);
  expect(found.map(({ keys }) => keys?.[0])).toEqual([...'123456789', undefined, undefined]);
});

test('the address names the open view, Back closes it, and an unknown view is all companies', async () => {
  window.location.hash = '#/companies?view=tagged';
  const stop = startRouter();
  expect(companyList.search).toBe('tag:uk');
  history.replaceState(null, '', '#/companies');
  window.dispatchEvent(new PopStateEvent('popstate'));
  expect([views.openId, companyList.search]).toEqual([null, '']);
  views.show('broken');
  await vi.waitFor(() => expect(window.location.hash).toBe('#/companies?view=broken'));
  history.replaceState(null, '', '#/companies?view=gone');
  window.dispatchEvent(new PopStateEvent('popstate'));
  expect([views.openId, companyList.search, window.location.hash]).toEqual([null, '', '#/companies']);
  stop();
  history.replaceState(null, '', '#');
});

test('a view that the address names before the views are loaded opens once they are', async () => {
  views.reset();
  views.show('tagged');
  expect(companyList.search).toBe('');
  await vi.waitFor(() => expect(companyList.search).toBe('tag:uk'));
});

test('the side bar has names and numbers, and marks the open view', async () => {
  render(SideBarViews, { isFolded: false });
  await userEvent.click(screen.getByRole('button', { name: 'Tagged 2' }));
  expect(screen.getByRole('button', { name: 'Tagged 2' })).toHaveAttribute('aria-current', 'page');
  expect(screen.getByRole('button', { name: 'Broken 1' })).not.toHaveAttribute('aria-current');
});

test('views are moved from their menus, and the keyboard stays with the view', async () => {
  render(SideBarViews, { isFolded: false });
  await userEvent.click(screen.getByRole('button', { name: 'Options of Broken' }));
  expect(shell.menu?.entries.map(({ id }) => id)).toEqual(['rename', 'down', 'rule', 'delete']);
  chooseInMenu('down');
  await waitFor(() => expect(names()).toEqual(['Tagged', 'Broken', 'Old']));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Broken 2' })).toHaveFocus());
});

test('a deleted view is restored at its place and open again', async () => {
  render(SideBarViews, { isFolded: false });
  views.show('tagged');
  await userEvent.click(screen.getByRole('button', { name: 'Options of Tagged' }));
  chooseInMenu('delete');
  await waitFor(() => expect(names()).toEqual(['Broken', 'Old']));
  expect([views.openId, companyList.search]).toEqual([null, '']);
  expect(shown.at(-1)).toMatchObject({ title: 'View deleted', text: 'Tagged' });
  shown.at(-1)?.action?.run();
  await waitFor(() => expect(names()).toEqual(['Broken', 'Tagged', 'Old']));
  expect([views.openId, companyList.search]).toEqual(['tagged', 'tag:uk']);
});

test('the folded side bar has one menu of all views', async () => {
  render(SideBarViews, { isFolded: true });
  await userEvent.click(screen.getByRole('button', { name: 'Views' }));
  expect(shell.menu?.entries).toMatchObject([
    { label: 'Broken', hint: '1', keys: '1' },
    { label: 'Tagged', hint: '2', keys: '2' },
    { label: 'Old', hint: '3', keys: '3' },
  ]);
  chooseInMenu('old');
  expect(views.openId).toBe('old');
});

test('changes are marked, and saved or reset', async () => {
  render(SearchBox);
  views.show('broken');
  const mark = () => screen.queryByText('Edited');
  await waitFor(() => expect(screen.getByRole('combobox')).toHaveValue('is:red'));
  expect(mark()).toBeNull();
  companyList.setSearch('is:red tag:uk');
  await userEvent.click(await screen.findByRole('button', { name: 'Reset' }));
  await waitFor(() => expect(mark()).toBeNull());
  expect(companyList.search).toBe('is:red');

  companyList.setSort(BY_NAME);
  await userEvent.click(await screen.findByRole('button', { name: 'Save' }));
  await waitFor(() => expect(mark()).toBeNull());
  expect(views.open).toEqual({ ...broken, sort: BY_NAME });

  await session.setPreferences({ columns: NARROW });
  await userEvent.click(await screen.findByRole('button', { name: 'Save' }));
  await waitFor(() => expect(mark()).toBeNull());
  expect(views.open?.columns).toEqual(NARROW);
});

test('a search without a view is saved under a name, and the new view is open', async () => {
  render(SearchBox);
  expect(screen.queryByRole('button', { name: 'Save view…' })).toBeNull();
  companyList.setSearch('platform:xero');
  await userEvent.click(await screen.findByRole('button', { name: 'Save view…' }));
  if (shell.namingView === null) throw new Error('the dialog is open');
  render(ViewNameDialog, { view: shell.namingView });
  await userEvent.type(screen.getByLabelText('Name'), 'On Xero{Enter}');
  await waitFor(() => expect(views.open?.name).toBe('On Xero'));
  expect(views.open).toMatchObject({ search: 'platform:xero', sort: BY_NAME, columns: completeChoices([]) });
  expect(screen.queryByText('Edited')).toBeNull();
});

test('a name that cannot be used is refused beside the field', async () => {
  backend.stubs.saveView = fails('conflict', 'You already have a view named “Broken”.');
  render(ViewNameDialog, { view: makeView({ id: 'new', name: '' }) });
  await userEvent.type(screen.getByLabelText('Name'), 'Broken{Enter}');
  expect(await screen.findByRole('alert')).toHaveTextContent('You already have a view named “Broken”.');
  expect(screen.getByLabelText('Name')).toHaveAccessibleDescription(/already/);
  await userEvent.type(screen.getByLabelText('Name'), ' too');
  expect(screen.queryByRole('alert')).toBeNull();
});
