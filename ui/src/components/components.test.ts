import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { clock } from '../lib/clock.svelte';
import { Failure } from '../lib/host';
import { companyList } from '../lib/lists';
import { session } from '../lib/session.svelte';
import { shell } from '../lib/shell.svelte';
import type { CompanyRow, NamePreview as Preview, Session } from '../lib/wire';
import Editor from '../screens/schedules/Editor.svelte';
import Tags from '../screens/company/Tags.svelte';
import DeleteCompany from '../screens/companies/DeleteCompany.svelte';
import NamePreview from '../screens/companies/NamePreview.svelte';
import NewCompany from '../screens/companies/NewCompany.svelte';
import SearchBox from '../screens/companies/SearchBox.svelte';
import {
  listOf,
  makeCompanies,
  makeCompaniesPage,
  makeCompany,
  makeConnection,
  makeForecast,
  makeSchedules,
  makeSession,
  toCopy,
} from '../test/data';
import { fails, stubHost, type StubHost } from '../test/stub-host';
import Banners from './Banners.svelte';
import Chip from './Chip.svelte';
import ErrorNote from './ErrorNote.svelte';
import Frame from '../app/AppLayout.svelte';
import Toast from './Toast.svelte';
import Toggle from './Toggle.svelte';

let backend: StubHost;
/** What the application keeps. */
let kept: Session;

/** What Codat makes of a name: all of it is kept unless pieces are given. */
function previewOf(name: string, pieces: Preview['pieces'] = [{ text: name, kept: true }]): Preview {
  return { kept: name, pieces, problem: null, plain: null };
}

beforeEach(async () => {
  companyList.stop();
  kept = makeSession();
  backend = stubHost({
    ...listOf(makeCompanies(30)),
    session: () => kept,
    namePreview: ({ name }) => previewOf(name),
    copyText: ({ text, label }) => toCopy(text, label),
    schedules: () => makeSchedules(),
    scheduleForecast: () => makeForecast(),
    timeZones: () => ['Europe/London', 'UTC'],
  });
  await session.load();
  companyList.search = '';
  companyList.start({ column: 'name', descending: false });
  await vi.waitFor(() => expect(companyList.row(0)).toBeDefined());
});

const linked = makeConnection();

test('a linked chip is quiet on screen and says its word to assistive technology', () => {
  render(Chip, { chip: linked, onopen: () => {} });
  const chip = screen.getByRole('button', { name: 'Xero: Linked' });
  expect(chip).not.toHaveTextContent('Linked');
});

test('a broken chip says its word to everyone', () => {
  render(Chip, { chip: { ...linked, color: 'red', word: 'Deauthorized' }, onopen: () => {} });
  expect(screen.getByRole('button')).toHaveTextContent('Deauthorized');
});

test('what Codat strips is struck, as text and never as markup', async () => {
  backend.stubs.namePreview = () =>
    previewOf('A img srcx B', [
      { text: 'A ', kept: true },
      { text: '<', kept: false },
      { text: 'img src', kept: true },
      { text: '=', kept: false },
      { text: 'x', kept: true },
      { text: '>', kept: false },
      { text: ' B', kept: true },
    ]);
  const { container } = render(NamePreview, { name: 'A <img src=x> B' });
  await screen.findByText('Codat removes these characters:');
  expect([...container.querySelectorAll('del')].map((piece) => piece.textContent)).toEqual(['<', '=', '>']);
  expect(container.querySelector('img')).toBeNull();
});

test('a name of 10,000 letters is shortened where it is shown and sent whole where it is sent', async () => {
  const name = 'x'.repeat(10_000);
  backend.stubs.namePreview = () =>
    previewOf(name, [
      { text: name, kept: true },
      { text: '<', kept: false },
    ]);
  const { container } = render(NamePreview, { name: `${name}<` });
  await waitFor(() => expect(container.textContent).not.toBe(''));
  expect(container.textContent?.length ?? 0).toBeLessThan(600);
});

test('a new company is sent as typed, and its Link URL is offered at once', async () => {
  const linkUrl = 'http://127.0.0.1:4170/company/new-1';
  const company = makeCompany({ id: 'new-1', name: 'Harbour Lane', tags: [['region', 'uk']] });
  backend.stubs.createCompany = () => ({ company, linkUrl });
  render(NewCompany);
  await userEvent.type(screen.getByLabelText('Name'), 'Harbour Lane');
  await userEvent.click(screen.getByRole('button', { name: 'Add tag' }));
  await userEvent.type(screen.getByLabelText('Tag 1, key'), 'region');
  await userEvent.type(screen.getByLabelText('Tag 1, value'), 'uk');
  await userEvent.click(screen.getByRole('button', { name: 'Add' }));
  expect(await screen.findByLabelText('Link URL')).toHaveValue(linkUrl);
  const [sent] = backend.argsOf('createCompany');
  expect(sent).toEqual({ name: 'Harbour Lane', description: null, tags: [['region', 'uk']] });
});

test('when adding fails the reason is shown and what was typed stays', async () => {
  backend.stubs.createCompany = fails('planLimit', 'The plan is full.');
  render(NewCompany);
  await userEvent.type(screen.getByLabelText('Name'), 'Kept');
  await userEvent.click(screen.getByRole('button', { name: 'Add' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('The plan is full.');
  expect(screen.getByLabelText('Name')).toHaveValue('Kept');
});

test('deleting says what goes with it and needs the name', async () => {
  const company = makeCompany({
    name: 'Stonebridge Care',
    subsidiaries: 4,
    connections: [{ ...linked, name: 'Plaid' }],
  });
  backend.stubs.deleteCompany = ({ id, typedName }) => ({ id, name: typedName, sendsAt: 0, isHeld: false });
  render(DeleteCompany, { company });
  const dialog = screen.getByRole('dialog');
  expect(dialog).toHaveTextContent('the Plaid connection');
  expect(dialog).toHaveTextContent('4 subsidiaries');
  const button = screen.getByRole('button', { name: 'Delete company' });
  const field = screen.getByRole('textbox');
  await userEvent.type(field, 'Stonebridge');
  expect(button).toHaveAttribute('aria-disabled', 'true');
  await userEvent.type(field, ' Care');
  await userEvent.click(button);
  await vi.waitFor(() => expect(session.pendingDelete(company.id)).not.toBeNull());
});

test('the search box completes, and says its problems in sentences', async () => {
  const isRed = { search: 'is:red ', cursor: 7, label: 'is:red', hint: 'Broken', count: 3 };
  backend.stubs.complete = ({ search }) => (search !== '' && 'is:red'.startsWith(search) ? [isRed] : []);
  const problem = { start: 0, end: 12, message: 'There’s no filter “nothing”.' };
  backend.stubs.companies = ({ search }) =>
    makeCompaniesPage([], { problems: search === 'nothing:here' ? [problem] : [] });
  render(SearchBox);
  const box = screen.getByRole('combobox', { name: 'Search companies' });
  await userEvent.type(box, 'is:r');
  await userEvent.keyboard('{ArrowDown}');
  const option = await screen.findByRole('option', { name: /is:red/ });
  expect(option).toHaveAttribute('aria-selected', 'true');
  expect(box).toHaveAttribute('aria-activedescendant', option.id);
  await userEvent.keyboard('{Enter}');
  expect(companyList.search.trim()).toBe('is:red');
  await userEvent.clear(box);
  await userEvent.type(box, 'nothing:here');
  await userEvent.keyboard('{Escape}');
  companyList.setSearch('nothing:here');
  expect(await screen.findByText(/There’s no filter “nothing”/)).toBeVisible();
});

test('a message can carry details to copy', async () => {
  render(Toast, {
    message: {
      tone: 'error',
      title: 'Not renamed',
      text: 'Codat returns errors.',
      detail: 'correlation 8f14',
    },
  });
  await userEvent.click(screen.getByRole('button', { name: 'Copy details' }));
  expect(backend.clipboard).toEqual(['correlation 8f14']);
});

test('an error beside a form can be copied with its code', async () => {
  render(ErrorNote, {
    failure: new Failure({ code: 'serverFailed', message: 'Codat failed.', detail: 'correlation 1' }),
  });
  await userEvent.click(screen.getByRole('button', { name: 'Copy details' }));
  expect(backend.clipboard[0]).toBe('serverFailed\nCodat failed.\ncorrelation 1');
});

test('nothing opened here stays open', () => {
  shell.resetForWorkspace();
  expect(shell.panel).toBeNull();
});

test('a damaged database is told with the way to go on, and any other with its own words', async () => {
  const notice = { id: 'database', tone: 'error' as const, detail: 'SQLite says so' };
  kept = makeSession({
    notices: [{ ...notice, code: 'databaseCorrupt', message: 'The local database is damaged.' }],
  });
  backend.stubs.rebuildDatabase = () => kept;
  await session.load();
  render(Banners);
  expect(screen.getByRole('alert')).toHaveTextContent('The local database is damaged.');
  await userEvent.setup().click(screen.getByRole('button', { name: 'Set it aside and rebuild' }));
  await waitFor(() => expect(backend.calls.some(({ name }) => name === 'rebuildDatabase')).toBe(true));

  kept = makeSession({ notices: [{ ...notice, code: 'databaseNewer', message: 'Update the app.' }] });
  await session.load();
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('Update the app.'));
  expect(screen.queryByRole('button', { name: 'Set it aside and rebuild' })).toBeNull();
});

test('a key that the keyring does not give is told with a way to look again', async () => {
  const notice = { id: 'engine', tone: 'error' as const, detail: 'the keyring is locked' };
  kept = makeSession({
    notices: [{ ...notice, code: 'keyringLocked', message: 'The keyring is locked.' }],
  });
  backend.stubs.retryKey = () => (kept = makeSession());
  await session.load();
  render(Banners);
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(backend.argsOf('retryKey')).toEqual([{ id: 'sandbox' }]));
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

test('a switch follows the hand, and goes back where its change fails', async () => {
  let end = () => {};
  const onchange = () => new Promise<void>((resolve) => (end = resolve));
  const toggle = render(Toggle, { label: 'On', disabledReason: null, checked: false, onchange });
  await userEvent.click(screen.getByRole('switch'));
  expect(screen.getByRole('switch')).toBeChecked();
  end();
  await waitFor(() => expect(screen.getByRole('switch'), 'nothing came of it').not.toBeChecked());
  await userEvent.click(screen.getByRole('switch'));
  await toggle.rerender({ checked: true });
  end();
  await tick();
  expect(screen.getByRole('switch')).toBeChecked();
});

test('whatever dialog is open covers the screen, and what was typed into it survives Escape', async () => {
  const onclose = vi.fn();
  const schedules = makeSchedules();
  const editor = render(Editor, {
    schedules,
    schedule: null,
    onsaved: () => {},
    onclose,
  });
  expect(shell.hasOverlay).toBe(true);
  await userEvent.type(await screen.findByRole('textbox', { name: /^Name/ }), 'Nightly');
  await userEvent.keyboard('{Escape}');
  expect(onclose).toHaveBeenCalledOnce();
  editor.unmount();
  expect(shell.hasOverlay).toBe(false);
  const again = render(Editor, { schedules, schedule: null, onsaved: () => {}, onclose });
  expect(await screen.findByRole('textbox', { name: /^Name/ })).toHaveValue('Nightly');
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  again.unmount();
  render(Editor, { schedules, schedule: null, onsaved: () => {}, onclose });
  expect(await screen.findByRole('textbox', { name: /^Name/ })).toHaveValue('');
});

test('in another workspace the screen begins anew, with nothing open in it', async () => {
  backend.stubs.expiring = () => ({ total: 0, rows: [] });
  backend.stubs.unreadAlerts = () => 0;
  shell.screen = 'schedules';
  render(Frame);
  await userEvent.click(await screen.findByRole('button', { name: 'New schedule' }));
  expect(await screen.findByRole('dialog', { name: 'New schedule' })).toBeVisible();
  const { value } = session;
  if (!value) throw new Error('a session');
  const other = value.workspaces.find(({ id }) => id !== value.current);
  session.value = { ...value, current: other?.id ?? 'other' };
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  session.value = value;
  shell.screen = 'companies';
});

test('tags that are typed while others are saved stay', async () => {
  let save = (_: CompanyRow) => {};
  backend.stubs.setTags = () => new Promise<CompanyRow>((resolve) => (save = resolve));
  const company = makeCompany({ tags: [['region', 'uk']] });
  render(Tags, { company });
  const value = () => screen.getByRole('textbox', { name: 'Value of tag 1' });
  await userEvent.clear(value());
  await userEvent.type(value(), 'us');
  await userEvent.click(screen.getByRole('button', { name: 'Save tags' }));
  await userEvent.type(value(), 'a');
  save({ ...company, tags: [['region', 'us']] });
  await waitFor(() =>
    expect(screen.getByRole('button', { name: 'Save tags' })).toHaveAttribute('aria-disabled', 'false'),
  );
  expect(value()).toHaveValue('usa');
});

test('a failed read says what is shown all the same, and how old that is', () => {
  const failure = new Failure({
    code: 'serverFailed',
    message: 'Codat couldn’t answer (500).',
    detail: null,
  });
  render(ErrorNote, { failure, asOf: clock.minute - 14 * 60_000 });
  expect(screen.getByRole('alert')).toHaveTextContent(
    'Codat couldn’t answer (500). Showing data from 14 minutes ago.',
  );
});
