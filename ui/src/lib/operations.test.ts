import { toast } from 'svelte-sonner';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeCompanies } from '../dev/fake-data';
import { fakeHost, type FakeHost } from '../dev/fake-host';
import { copyLink, copyLinkUrl, refreshData, saveRename, startRename } from './operations';
import { Failure, setHost } from './host';
import { startEventHandlers } from '../app/event-handlers.svelte';
import { session } from './session.svelte';
import { shell } from './shell.svelte';
import type { ToastMessage } from './toasts';
import type { CompanyRow, ConnectionChip, WireError } from './wire';

let fake: FakeHost;
let row: CompanyRow;
let shown: ToastMessage[];

beforeEach(async () => {
  fake = fakeHost({ companies: 3 });
  setHost(fake);
  await session.load();
  const first = fake.rows[0];
  if (first === undefined) throw new Error('a company is there');
  row = { ...first, connections: [] };
  shown = [];
  vi.spyOn(toast, 'custom').mockImplementation((_card, options) => {
    shown.push((options?.componentProps as unknown as { message: ToastMessage }).message);
    return '';
  });
});

afterEach(() => vi.restoreAllMocks());

const refused = (code: WireError['code'], message: string) => new Failure({ code, message, detail: null });

test('of a company with nothing linked it is said that there is nothing to refresh, with its Link URL', async () => {
  fake.failNext('refreshData', refused('nothingLinked', 'Nothing is linked.'));
  await refreshData(row);
  expect(shown).toMatchObject([{ tone: 'info', title: `Nothing to refresh for ${row.name}` }]);
  expect(shown[0]?.action?.label).toBe('Copy Link URL');
  shown[0]?.action?.run();
  await vi.waitFor(() =>
    expect(fake.calls.at(-1)).toEqual({ name: 'copyLinkUrl', args: { company: row.id } }),
  );
});

test('what Codat did and this computer did not record is told as done', async () => {
  fake.failNext('renameCompany', refused('unrecorded', 'Done at Codat. The list shows it later.'));
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
  fake.give('copyLinkUrl', () => ({ ...copied, reason: 'Codat refuses the API key.' }));
  await copyLink(row);
  expect(shown[0]?.text).toContain('Codat refuses the API key. This is the last known one');
  expect(shown[0]?.text).not.toContain('cannot be reached');
});

test('a deletion that safe mode holds says so, and counts down again once it is allowed', async () => {
  const stop = startEventHandlers();
  const pending = { id: row.id, name: row.name, sendsAt: Date.now() + 10_000, isHeld: true };
  session.setPending([pending]);
  await vi.waitFor(() => expect(shown.at(-1)?.title).toBe('Held by safe mode'));
  expect(shown.at(-1)).toMatchObject({ action: { label: 'Undo' } });
  expect(shown.at(-1)?.expiresAt).toBeUndefined();
  session.setPending([{ ...pending, isHeld: false }]);
  await vi.waitFor(() => expect(shown.at(-1)).toMatchObject({ title: 'Deleting', until: pending.sendsAt }));
  stop();
});

const red = (id: string, isOutage: boolean): ConnectionChip => {
  const chip = fakeCompanies(30, 0).flatMap((row) => row.connections)[0];
  if (chip === undefined) throw new Error('a company without connections');
  return { ...chip, id, name: id, colour: 'red', word: 'Error', status: 'Linked', isOutage };
};

test('a connection whose platform has an outage is not among those to connect again', () => {
  const row = fakeCompanies(1, 0)[0];
  if (row === undefined) throw new Error('no company');
  copyLinkUrl({ ...row, connections: [red('down', true), red('ours', false)] }, document.body);
  const ids = shell.menu?.entries.map((part) => part.id);
  expect(ids).toEqual(['theirs', 'ours', 'rule', 'company']);
});
