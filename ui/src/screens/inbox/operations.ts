// What one does with the entries of the inbox.
import { call } from '../../lib/calls';
import { clock } from '../../lib/clock.svelte';
import { clockTime, dayAndMonth, weekday } from '../../lib/format';
import { copyConnectionLink, showRefreshFailure } from '../../lib/operations';
import { shell, type Anchor, type MenuEntry } from '../../lib/shell.svelte';
import { TEXT } from '../../lib/text';
import { showFailure, showToast } from '../../lib/toasts';
import { views } from '../../lib/views.svelte';
import type { InboxRow } from '../../lib/wire';

/** The hour at which a snooze of whole days ends. */
const MORNING = 9;

/** Causes that the customer cannot fix. */
const NO_LINK: ReadonlySet<string> = new Set(['outage', 'request', 'error', 'deleted']);

/** Whether a Link URL helps: the customer has to act, or may have to. */
export function canLink(row: InboxRow): boolean {
  return row.connection !== null && !NO_LINK.has(row.trouble ?? '');
}

/** Opens what the entry is about, and marks it as read. */
export function openEntry(row: InboxRow): void {
  void markRead(row, true);
  if (row.company !== null)
    shell.openCompany(row.company, 'connections', ...(row.connection ? [row.connection] : []));
  else if (row.search !== null) {
    shell.navigate('companies');
    views.search(row.search);
  } else if (row.place === 'expiry') shell.navigate('expiry');
  else if (row.place === 'schedules') shell.navigate('schedules');
  else if (row.place === 'workspaces') shell.navigate('settings', 'workspaces');
}

/** Whether `openEntry` leads somewhere. */
export function canOpen(row: InboxRow): boolean {
  return row.company !== null || row.search !== null || (row.place !== null && row.place !== 'inbox');
}

export async function markRead(row: InboxRow, read: boolean): Promise<void> {
  if (row.isRead !== read) await change('markAlertsRead', { ids: [row.id], read });
}

export async function markAllRead(): Promise<void> {
  await change('markAlertsRead', { ids: null, read: true });
}

async function change(
  ...[name, args]:
    | ['markAlertsRead', { ids: number[] | null; read: boolean }]
    | ['snoozeAlerts', { ids: number[]; until: number | null; untilChange: boolean }]
): Promise<boolean> {
  try {
    if (name === 'markAlertsRead') await call(name, args);
    else await call(name, args);
    return true;
  } catch (thrown) {
    showFailure('Couldn’t change the alert', thrown);
    return false;
  }
}

/** Copies the Link URL of the entry's connection. */
export function copyEntryLink(row: InboxRow): void {
  if (row.company !== null && row.connection !== null)
    void copyConnectionLink(row.company, row.title, { id: row.connection, name: row.platform });
}

export async function refreshEntry(row: InboxRow): Promise<void> {
  if (row.company === null) return;
  const company = { id: row.company, name: row.title };
  try {
    const { queued } = await call('refreshData', { id: company.id });
    if (queued) showToast({ tone: 'done', title: 'Refresh queued', text: company.name });
    else showToast({ tone: 'info', title: 'A refresh is already in progress', text: company.name });
  } catch (thrown) {
    showRefreshFailure(`Couldn’t refresh ${company.name}`, company, thrown);
  }
}

/** Opens an e-mail to the customer in the user's mail program. */
export async function draftEmail(row: InboxRow): Promise<void> {
  if (row.company === null || row.connection === null) return;
  try {
    const { url, opened } = await call('draftEmail', { company: row.company, connection: row.connection });
    if (!opened) window.open(url, '_self');
  } catch (thrown) {
    showFailure(`Couldn’t open an e-mail to ${row.title}`, thrown);
  }
}

/** The choices of a snooze that ends at a time, with that time. */
export function snoozeTimes(now: number): { id: string; label: string; until: number }[] {
  const morningIn = (days: number) => {
    const at = new Date(now);
    at.setDate(at.getDate() + days);
    at.setHours(MORNING, 0, 0, 0);
    return at.getTime();
  };
  const untilMonday = (8 - new Date(now).getDay()) % 7 || 7;
  return [
    { id: 'hour', label: 'For an hour', until: now + 3_600_000 },
    { id: 'tomorrow', label: 'Until tomorrow', until: morningIn(1) },
    // On a Sunday, tomorrow is that Monday.
    ...(untilMonday > 1 ? [{ id: 'monday', label: 'Until Monday', until: morningIn(untilMonday) }] : []),
  ];
}

/** "Mon 7 Dec, 09:00", or the time alone if it is today. */
export function snoozeEnd(until: number, now: number): string {
  const isToday = new Date(until).toDateString() === new Date(now).toDateString();
  return isToday ? clockTime(until) : `${weekday(until, true)} ${dayAndMonth(until)}, ${clockTime(until)}`;
}

export async function snooze(row: InboxRow, until: number | null, untilChange: boolean): Promise<void> {
  if (!(await change('snoozeAlerts', { ids: [row.id], until, untilChange }))) return;
  if (until === null && !untilChange) return;
  const text = until === null ? 'Until its status changes' : `Until ${snoozeEnd(until, clock.now())}`;
  const action = { label: TEXT.undo, run: () => void snooze(row, null, false) };
  showToast({ tone: 'done', title: `Snoozed: ${row.title}`, text, action });
}

function isSnoozed(row: InboxRow): boolean {
  return row.snoozedUntil !== null || row.snoozedUntilChange;
}

function snoozeEntries(row: InboxRow): MenuEntry[] {
  const now = clock.now();
  const entries: MenuEntry[] = snoozeTimes(now).map(({ id, label, until }) => ({
    kind: 'line',
    id: `snooze-${id}`,
    label,
    hint: snoozeEnd(until, now),
    run: () => void snooze(row, until, false),
  }));
  if (row.connection !== null)
    entries.push({
      kind: 'line',
      id: 'snooze-change',
      label: 'Until its status changes',
      run: () => void snooze(row, null, true),
    });
  return entries;
}

/** Opens the choices of a snooze. */
export function openSnoozeMenu(row: InboxRow, anchor: Anchor): void {
  if (!row.isOver) shell.menu = { anchor, label: `Snooze ${row.title}`, entries: snoozeEntries(row) };
}

/** Everything one can do with an entry. */
export function entryMenu(row: InboxRow): MenuEntry[] {
  const line = (id: string, label: string, keys: string | undefined, run: () => void): MenuEntry => ({
    kind: 'line',
    id,
    label,
    keys,
    run,
  });
  const entries: MenuEntry[] = [];
  if (canOpen(row)) entries.push(line('open', 'Open', 'Enter', () => openEntry(row)));
  if (canLink(row)) {
    entries.push(line('copy', TEXT.copyReconnectLink, 'L', () => copyEntryLink(row)));
    entries.push(line('email', 'Write an e-mail with the link', 'E', () => void draftEmail(row)));
  }
  if (row.company !== null)
    entries.push(line('refresh', TEXT.refreshData, 'R', () => void refreshEntry(row)));
  entries.push(
    line('read', row.isRead ? 'Mark as unread' : 'Mark as read', 'U', () => void markRead(row, !row.isRead)),
  );
  if (row.isOver) return entries;
  entries.push({ kind: 'rule', id: 'rule' });
  if (isSnoozed(row)) entries.push(line('wake', 'End the snooze', 'S', () => void snooze(row, null, false)));
  else entries.push({ kind: 'heading', id: 'snooze', label: 'Snooze' }, ...snoozeEntries(row));
  return entries;
}

/** What a key does with an entry; nothing for other keys. */
export function entryKey(key: string, row: InboxRow, anchor: Anchor): (() => void) | null {
  switch (key) {
    case 'u':
      return () => void markRead(row, !row.isRead);
    case 'l':
      return canLink(row) ? () => copyEntryLink(row) : null;
    case 'e':
      return canLink(row) ? () => void draftEmail(row) : null;
    case 'r':
      return row.company === null ? null : () => void refreshEntry(row);
    case 's':
      return isSnoozed(row) ? () => void snooze(row, null, false) : () => openSnoozeMenu(row, anchor);
    default:
      return null;
  }
}
