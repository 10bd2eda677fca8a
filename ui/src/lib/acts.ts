// What a person can do, in so many steps: each says what came of it.
import { call, copy } from './calls';
import { agoInWords, exact } from './format';
import { Failure } from './host';
import { list, runs, selected } from './lists';
import { session } from './session.svelte';
import { shell, type Anchor, type MenuPart } from './shell.svelte';
import { TEXT } from './text';
import { show, showFailure, type Message } from './toasts';
import type { CompanyRow, ConnectionChip, Copied, RefreshMany, RunRow } from './wire';

/** Copies a Link URL: at once, or after asking which where connections need the customer. */
export function copyLinkUrl(row: CompanyRow, anchor: Anchor): void {
  const broken = row.connections.filter((connection) => needsAttention(connection) && !connection.isOutage);
  if (broken.length === 0) {
    void copyLink(row);
    return;
  }
  const theirs: MenuPart[] = broken.map((connection) => ({
    kind: 'line',
    id: connection.id,
    label: connection.name,
    hint: connection.word,
    colour: connection.colour,
    run: () => void copyLink(row, connection),
  }));
  shell.menu = {
    anchor,
    label: `${TEXT.copyLinkUrl} of ${row.name}`,
    parts: [
      { kind: 'heading', id: 'theirs', label: 'To connect again' },
      ...theirs,
      { kind: 'rule', id: 'rule' },
      { kind: 'line', id: 'company', label: 'Link URL of the company', run: () => void copyLink(row) },
    ],
  };
}

/** Copies the Link URL of a company, or of one of its connections. */
export async function copyLink(row: CompanyRow, connection?: ConnectionChip): Promise<void> {
  if (connection) return copyLinkOf(row.id, row.name, connection);
  return copyCompanyLink(row.id, row.name);
}

async function copyCompanyLink(company: string, name: string): Promise<void> {
  try {
    showCopied('Link URL copied', name, await copy('copyLinkUrl', { company }));
  } catch (thrown) {
    showFailure(`The Link URL of ${name} was not copied`, thrown);
  }
}

/** Copies the Link URL of a connection of which no more is known than the list of what may expire has. */
export async function copyLinkOf(company: string, name: string, connection: ConnectionChip): Promise<void> {
  const whose = `${name}, ${connection.name}`;
  try {
    showCopied('Link URL copied', whose, await copy('copyLinkUrl', { company, connection: connection.id }));
  } catch (thrown) {
    showFailure(`The Link URL of ${whose} was not copied`, thrown);
  }
}

/** Opens the Link URL of a connection in the browser. */
export async function openLink(company: string, connection: string): Promise<void> {
  try {
    const { url, opened } = await call('openLinkUrl', { company, connection });
    if (!opened) window.open(url, '_blank', 'noopener,noreferrer');
  } catch (thrown) {
    showFailure('The Link URL was not opened', thrown);
  }
}

/** Copies the workspace's generic Link URL. */
export async function copyInviteUrl(): Promise<void> {
  const workspace = session.workspace;
  if (workspace === null) return;
  if (workspace.inviteUrl === null) {
    const text = 'Codat shows it in its Portal under “Invite company”. Paste it in Settings once.';
    const action = { label: 'Open Settings', run: () => shell.go('settings', workspace.id) };
    show({ tone: 'info', title: `${workspace.name} has no invite URL yet`, text, action });
    return;
  }
  try {
    showCopied('Invite URL copied', workspace.name, await copy('copyInviteUrl', {}));
  } catch (thrown) {
    showFailure('The invite URL was not copied', thrown);
  }
}

/** So much of what was copied is shown, in letters. */
const MOST_SHOWN = 200;

/** Copies any text. */
export async function copyText(text: string, label: string): Promise<void> {
  try {
    const copied = await copy('copyText', { text, label });
    show({ tone: 'done', title: `${label} copied`, code: copied.text.slice(0, MOST_SHOWN) });
  } catch (thrown) {
    showFailure(`${label} was not copied`, thrown);
  }
}

/** Queues reads of all of a company's data. */
export async function refreshData(row: CompanyRow): Promise<void> {
  try {
    const { queued } = await call('refreshData', { id: row.id });
    if (queued) show({ tone: 'done', title: 'Refresh queued', text: row.name });
    else show({ tone: 'info', title: 'Already being read', text: row.name });
  } catch (thrown) {
    showNotRefreshed(`${row.name} was not refreshed`, row, thrown);
  }
}

/** Says why nothing is read of a company; where nothing of it is linked, its Link URL is what helps. */
export function showNotRefreshed(what: string, company: { id: string; name: string }, thrown: unknown): void {
  const failure = Failure.from(thrown);
  if (failure.code !== 'nothingLinked') return showFailure(what, failure);
  const action: Message['action'] = {
    label: TEXT.copyLinkUrl,
    run: () => void copyCompanyLink(company.id, company.name),
  };
  show({
    tone: 'info',
    title: `Nothing to refresh for ${company.name}`,
    text: 'No source is linked.',
    action,
  });
}

/** Opens what refreshing the selected companies will do. */
export function openRefresh(): void {
  if (selected.count > 0) shell.refreshing = selected.wire;
}

/** Begins a refresh of many and shows it. */
export async function beginRefresh(wanted: RefreshMany): Promise<void> {
  const { run } = await call('refreshMany', wanted);
  selected.clear();
  shell.openRun(run);
  void runs.again();
}

/** What one does with a run, and what is said where that failed. */
export async function steerRun(
  how: 'pauseRun' | 'resumeRun' | 'cancelRun' | 'retryFailed',
  run: RunRow,
): Promise<void> {
  try {
    await call(how, { run: run.id });
  } catch (thrown) {
    showFailure(`The refresh of ${run.label} goes on as it was`, thrown);
  }
  await runs.again();
}

/** Begins to edit a name in its row. */
export function startRename(row: CompanyRow): void {
  shell.editing = { row, text: row.name, problem: null, isSaving: false };
}

/** Saves an edited name; where that fails, what was typed stays and the reason is shown with it. */
export async function saveRename(): Promise<boolean> {
  const editing = shell.editing;
  if (editing === null || editing.isSaving) return false;
  if (editing.text === editing.row.name) {
    shell.editing = null;
    return true;
  }
  shell.editing = { ...editing, isSaving: true, problem: null };
  try {
    const { id, name: was } = editing.row;
    const row = await call('renameCompany', { id, was, name: editing.text });
    list.put(row);
    if (shell.editing?.row.id === editing.row.id) shell.editing = null;
    show({ tone: 'done', title: 'Renamed', text: row.name });
    return true;
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.isDone && shell.editing?.row.id === editing.row.id) {
      shell.editing = null;
      showFailure('Renamed', failure);
      return true;
    }
    // Changed elsewhere meanwhile: who saves again has seen what it is now.
    const now =
      failure.code === 'conflict' ? await call('company', { id: editing.row.id }).catch(() => null) : null;
    if (shell.editing?.row.id === editing.row.id) {
      const row = now ?? editing.row;
      shell.editing = { ...shell.editing, row, isSaving: false, problem: failure.message };
    } else showFailure(`${editing.row.name} was not renamed`, failure);
    return false;
  }
}

/** Takes a deletion back while that is possible. */
export async function undoDelete(id: string, name: string): Promise<void> {
  try {
    const { undone } = await call('undoDelete', { id });
    if (undone) show({ tone: 'done', title: 'Kept', text: `${name} was not deleted.` });
    else show({ tone: 'warning', title: 'Too late to undo', text: `${name} was already sent for deletion.` });
  } catch (thrown) {
    showFailure(`The deletion of ${name} could not be undone`, thrown);
  }
  await session.load();
}

/** Opens another workspace. Whether it is open. */
export async function switchWorkspace(id: string): Promise<boolean> {
  if (session.opening === null && session.value?.current === id) return true;
  session.opening = id;
  try {
    session.take(await call('switchWorkspace', { id }));
    return true;
  } catch (thrown) {
    showFailure('The workspace was not opened', thrown);
    return false;
  } finally {
    if (session.opening === id) session.opening = null;
  }
}

/** Sweeps at once. */
export async function refreshNow(): Promise<void> {
  try {
    await call('refreshNow', {});
  } catch (thrown) {
    showFailure('The sweep did not start', thrown);
  }
}

/** Looks into the keyring again for the key of the open workspace; a locked keyring shows its prompt. */
export async function retryKey(): Promise<void> {
  const workspace = session.workspace;
  if (workspace === null) return;
  try {
    session.take(await call('retryKey', { id: workspace.id }));
  } catch (thrown) {
    showFailure('There is still no key', thrown);
  }
}

/** Puts a damaged database aside and reads everything anew. */
export async function rebuildDatabase(): Promise<void> {
  try {
    session.take(await call('rebuildDatabase', { id: session.value?.current ?? '' }));
    await list.again();
  } catch (thrown) {
    showFailure('The database was not rebuilt', thrown);
  }
}

/** Stops background work, or lets it go on. */
export async function pause(paused: boolean): Promise<void> {
  try {
    await call('pause', { paused });
    show({ tone: 'done', title: paused ? 'Background work is paused' : 'Background work goes on' });
  } catch (thrown) {
    showFailure(paused ? 'Background work was not paused' : 'Background work does not go on', thrown);
  }
}

/** Ends the app. */
export async function quit(): Promise<void> {
  try {
    await call('quit', {});
  } catch (thrown) {
    showFailure('The app did not quit', thrown);
  }
}

/** Whether the customer must do something: red or grey. */
export function needsAttention(connection: ConnectionChip): boolean {
  return connection.colour === 'red' || connection.colour === 'grey';
}

function showCopied(title: string, whose: string, copied: Copied): void {
  if (copied.asOf === null) {
    show({ tone: 'done', title, text: whose, code: copied.text }, 'copied');
    return;
  }
  const age = `This is the last known one, from ${agoInWords(copied.asOf, Date.now())} (${exact(copied.asOf)}).`;
  const text = [`${whose}.`, copied.reason, age].filter(Boolean).join(' ');
  show({ tone: 'warning', title, text, code: copied.text }, 'copied');
}
