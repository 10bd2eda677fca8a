// Reactions of the page to events of the application.
import { switchWorkspace, undoDelete } from '../lib/operations';
import { call } from '../lib/calls';
import { onEvent } from '../lib/events';
import { runList } from '../lib/lists';
import { listenForFileDrops, offerDroppedFiles } from '../lib/uploads';
import { runCountsText, runTitle } from '../lib/run-list.svelte';
import { session } from '../lib/session.svelte';
import { shell } from '../lib/shell.svelte';
import { TEXT } from '../lib/text';
import { hideToast, showToast, showFailure } from '../lib/toasts';
import { views } from '../lib/views.svelte';
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
    case 'views':
    case 'inbox':
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
      showFailure(`Couldn’t delete ${event.name}`, event.error);
      return;
    case 'notice':
      showToast({ tone: event.tone, title: event.message });
      return;
    default:
      event satisfies never;
  }
}

/** Shows a toast when a refresh started by the user ends, unless its screen is open. */
async function showRunEnded(id: number): Promise<void> {
  await runList.refetch();
  const run = runList.rows?.find((one) => one.id === id);
  if (run === undefined || run.cause !== 'person' || shell.screen === 'refreshes') return;
  const tone = run.counts.failed > 0 ? 'warning' : 'done';
  const action = { label: 'Show', run: () => shell.openRun(id) };
  showToast({ tone, title: `${runTitle(run)}: finished`, text: runCountsText(run.counts), action });
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

function open({ company, part, within, place, search, view }: Wanted): void {
  if (company !== null) {
    shell.openCompany(company, part ?? 'summary', ...within);
  } else if (place === 'expiry') {
    shell.navigate('expiry');
    expiry.chooseDue();
  } else if (place === 'inbox') {
    shell.navigate('inbox');
  } else if (place === 'workspaces') {
    shell.navigate('settings', 'workspaces');
  } else if (place === 'schedules') {
    shell.navigate('schedules');
  } else if (view !== null) {
    views.show(view);
  } else if (search !== null) {
    shell.navigate('companies');
    views.search(search);
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

/** Shows one toast with Undo per pending deletion, also after a reload of the page. */
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
  const text = `This safe mode doesn’t allow deleting ${name}. Switch to “Administer” to continue.`;
  showToast(
    { tone: 'warning', title: 'Blocked by safe mode', text, action, isPersistent: true },
    toastId(id),
  );
}

/** Whether a toast covers this deletion. */
function isSame(shown: PendingDelete | undefined, one: PendingDelete): boolean {
  return shown?.isHeld === one.isHeld && shown.sendsAt === one.sendsAt;
}

function toastId(id: string): string {
  return `delete-${id}`;
}
