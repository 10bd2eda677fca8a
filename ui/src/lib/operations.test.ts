import { toast } from 'svelte-sonner';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeCompany, makeConnection, makeSession, toCopy } from '../test/data';
import { fails, stubHost, type StubHost } from '../test/stub-host';
import { copyLink, copyLinkTitle, copyLinkUrl, refreshData, saveRename, startRename } from './operations';
import { startEventHandlers } from '../app/event-handlers.svelte';
import { session } from './session.svelte';
import { shell } from './shell.svelte';
import type { ToastMessage } from './toasts';
import type { ConnectionChip } from './wire';

const row = makeCompany();

let backend: StubHost;
let shown: ToastMessage[];

beforeEach(async () => {
  backend = stubHost({ session: () => makeSession() });
  await session.load();
  shown = [];
  vi.spyOn(toast, 'custom').mockImplementation((_card, options) => {
    shown.push((options?.componentProps as unknown as { message: ToastMessage }).message);
    return '';
  });
});

afterEach(() => vi.restoreAllMocks());

test('of a company with nothing linked it is said that there is nothing to refresh, with its Link URL', async () => {
  backend.stubs.refreshData = fails('nothingLinked', 'No connections to refresh.');
  backend.stubs.copyLinkUrl = () => toCopy('https://link.test', 'Link URL');
  await refreshData(row);
  expect(shown).toMatchObject([{ tone: 'info', title: `Nothing to refresh for ${row.name}` }]);
  expect(shown[0]?.action?.label).toBe('Copy company link');
  shown[0]?.action?.run();
  await vi.waitFor(() =>
    expect(backend.calls.at(-1)).toEqual({ name: 'copyLinkUrl', args: { company: row.id } }),
  );
});

test('what Codat did and this computer did not record is told as done', async () => {
  backend.stubs.renameCompany = fails('unrecorded', 'Done at Codat. The list shows it later.');
  startRename(row);
  shell.nameEdit = { row, text: 'Another', problem: null, isSaving: false };
  expect(await saveRename()).toBe(true);
  expect(shell.nameEdit).toBeNull();
  expect(shown).toMatchObject([
    { tone: 'warning', title: 'Done at Codat', text: 'The list shows it later.' },
  ]);
});

test('why a Link URL is only the last known one is said as it is', async () => {
  const copied = { text: 'https://x', copied: true, asOf: 0, label: 'Link URL' };
  backend.stubs.copyLinkUrl = () => ({ ...copied, reason: 'Codat rejected the API key.' });
  await copyLink(row);
  expect(shown[0]?.text).toContain('Codat rejected the API key. This is the last known link');
  expect(shown[0]?.text).not.toContain('We can’t reach Codat');
});

test('a deletion that safe mode holds says so, and counts down again once it is allowed', async () => {
  const stop = startEventHandlers();
  const pending = { id: row.id, name: row.name, sendsAt: Date.now() + 10_000, isHeld: true };
  session.setPending([pending]);
  await vi.waitFor(() => expect(shown.at(-1)?.title).toBe('Blocked by safe mode'));
  expect(shown.at(-1)).toMatchObject({ action: { label: 'Undo' } });
  expect(shown.at(-1)?.expiresAt).toBeUndefined();
  session.setPending([{ ...pending, isHeld: false }]);
  await vi.waitFor(() =>
    expect(shown.at(-1)).toMatchObject({ title: 'Deleting', expiresAt: pending.sendsAt }),
  );
  stop();
});

const red = (id: string, isOutage: boolean): ConnectionChip =>
  makeConnection({ id, name: id, color: 'red', word: 'Error', status: 'Linked', isOutage });

test('a connection whose platform has an outage is not among those to connect again', () => {
  const connections = [red('down', true), red('ours', false)];
  copyLinkUrl(makeCompany({ connections }), document.body);
  const ids = shell.menu?.entries.map((part) => part.id);
  expect(ids).toEqual(['theirs', 'ours', 'rule', 'company']);
  expect(copyLinkTitle(makeCompany({ connections }))).toBe('Copy link…');
  expect(copyLinkTitle(makeCompany({ connections: [red('down', true)] }))).toBe('Copy company link');
});
