// What the page does of itself when the application tells it something.
import { switchWorkspace, undoDelete } from '../lib/operations';
import { call } from '../lib/calls';
import { onEvent } from '../lib/events';
import { companyList, runList } from '../lib/lists';
import { listenForFileDrops, offerDroppedFiles } from '../lib/uploads';
import { runCountsText } from '../lib/run-list.svelte';
import { session } from '../lib/session.svelte';
import { shell } from '../lib/shell.svelte';
import { TEXT } from '../lib/text';
import { hideToast, showToast, showFailure } from '../lib/toasts';
import { expiry } from '../screens/expiry/expiry.svelte';
import type { PendingDelete, PortalEvent, Wanted } from '../lib/wire';

/** Hears events and deletions that wait; returns the way to stop. */
export function startEventHandlers(): () => void {
  const stopEvents = onEvent((event) => void handleEvent(event));
  const stopWatching = showPendingDeletes();
  const stopDrops = listenForFileDrops();
  return () => {
    stopEvents();
    stopDrops();
    stopWatching();
  };
}

async function handleEvent(event: PortalEvent): Promise<void> {
  switch (event.type) {
    case 'changed':
      await refreshPanel();
      return;
    case 'session':
    case 'link':
      await openRequested();
      return;
    case 'company':
    case 'export':
    case 'health':
    case 'requests':
    case 'schedules':
    case 'run':
    case 'transfer':
      return;
    case 'filesHover':
      shell.isDraggingFiles = event.over;
      return;
    case 'filesOffered':
      offerDroppedFiles(event.chosen, null);
      return;
    case 'runEnded':
      await showRunEnded(event.id);
      return;
    case 'deleted':
      showToast({ tone: 'done', title: 'Deleted', text: event.name });
      return;
    case 'deleteFailed':
      showFailure(`${event.name} was not deleted`, event.error);
      return;
    case 'notice':
      showToast({ tone: event.tone, title: event.message });
      return;
    default:
      event satisfies never;
  }
}

/** A refresh that a person began has ended: said where it is not on screen. */
async function showRunEnded(id: number): Promise<void> {
  await runList.refetch();
  const run = runList.rows?.find((one) => one.id === id);
  if (run === undefined || run.cause !== 'person' || shell.screen === 'refreshes') return;
  const tone = run.counts.failed > 0 ? 'warning' : 'done';
  const action = { label: 'Show', run: () => shell.openRun(id) };
  showToast({ tone, title: `Refresh of ${run.label} has ended`, text: runCountsText(run.counts), action });
}

/** Shows what the tray, a notification or a link wants; that may have come before this page listened. */
async function openRequested(): Promise<void> {
  const wanted = await call('takeWanted', {}).catch(() => null);
  if (!wanted) return;
  if (wanted.message !== null) showToast({ tone: 'warning', title: wanted.message });
  if (wanted.elsewhere !== null) {
    offerElsewhere(wanted, wanted.elsewhere);
    return;
  }
  if (wanted.workspace !== null && !(await switchWorkspace(wanted.workspace))) return;
  open(wanted);
}

function open({ company, part, within, place, search }: Wanted): void {
  if (company !== null) {
    shell.openCompany(company, part ?? 'summary', ...within);
  } else if (place === 'expiry') {
    shell.navigate('expiry');
    expiry.chooseDue();
  } else if (search !== null) {
    shell.navigate('companies');
    companyList.setSearch(search);
  }
}

/** Another workspace has the company: the person decides whether to go there. */
function offerElsewhere(wanted: Wanted, { workspace, name }: NonNullable<Wanted['elsewhere']>): void {
  const run = async () => {
    if (await switchWorkspace(workspace)) open(wanted);
  };
  const action = { label: `Open ${name}`, run: () => void run() };
  showToast({ tone: 'info', title: `This company is in the workspace ${name}`, action, isPersistent: true });
}

/** The panel shows the company as it is now. */
async function refreshPanel(): Promise<void> {
  const open = shell.panel;
  if (open === null) return;
  const row = await call('company', { id: open.company.id }).catch(() => open.company);
  if (shell.panel?.company.id !== open.company.id) return;
  shell.panel = row ? { ...shell.panel, company: row } : null;
}

/** Every deletion that waits has its message with Undo, also after the page was loaded anew. */
function showPendingDeletes(): () => void {
  let shown = new Map<string, PendingDelete>();
  return $effect.root(() => {
    $effect(() => {
      const pending = new Map(session.value?.pendingDeletes.map((one) => [one.id, one]));
      for (const [id, one] of pending) if (!isSame(shown.get(id), one)) offerUndo(one);
      for (const id of shown.keys()) if (!pending.has(id)) hideToast(toastId(id));
      shown = pending;
    });
  });
}

function offerUndo(pending: PendingDelete): void {
  const { id, name, sendsAt, isHeld } = pending;
  const action = { label: TEXT.undo, run: () => void undoDelete(id, name) };
  if (!isHeld) {
    showToast({ tone: 'info', title: 'Deleting', text: name, action, expiresAt: sendsAt }, toastId(id));
    return;
  }
  const text = `${name} is not deleted in this safe mode. It goes on in “Administer”.`;
  showToast({ tone: 'warning', title: 'Held by safe mode', text, action, isPersistent: true }, toastId(id));
}

/** Whether a message about it says what there is to say. */
function isSame(shown: PendingDelete | undefined, one: PendingDelete): boolean {
  return shown?.isHeld === one.isHeld && shown.sendsAt === one.sendsAt;
}

function toastId(id: string): string {
  return `delete-${id}`;
}
