// The user's operations. Each shows its outcome.
import { call, copyToClipboard } from './calls';
import { clock } from './clock.svelte';
import { agoInWords, exact } from './format';
import { Failure } from './host';
import { firstSteps } from './first-steps.svelte';
import { companyList, runList, selection } from './lists';
import { distinctName } from './namesakes';
import { runTitle } from './run-list.svelte';
import { session } from './session.svelte';
import { shell, type Anchor, type MenuEntry } from './shell.svelte';
import { TEXT } from './text';
import { showToast, showFailure, type ToastMessage } from './toasts';
import type { CompanyRow, ConnectionChip, Copied, PauseEnd, RunActName, RunBegan, RunRow } from './wire';

/** Connections that the customer can fix. */
function connectionsToFix(row: CompanyRow): ConnectionChip[] {
  return row.connections.filter((connection) => needsAttention(connection) && !connection.isOutage);
}

/** What `copyLinkUrl` does for a company: it offers several links, or copies the only one. */
export function copyLinkTitle(row: CompanyRow): string {
  return connectionsToFix(row).length > 0 ? TEXT.copyLink : TEXT.copyCompanyLink;
}

/** Copies a Link URL: at once, or after asking which where connections need the customer. */
export function copyLinkUrl(row: CompanyRow, anchor: Anchor): void {
  const broken = connectionsToFix(row);
  if (broken.length === 0) {
    void copyLink(row);
    return;
  }
  const theirs: MenuEntry[] = broken.map((connection) => ({
    kind: 'line',
    id: connection.id,
    label: connection.name,
    hint: connection.word,
    color: connection.color,
    run: () => void copyLink(row, connection),
  }));
  shell.menu = {
    anchor,
    label: `Links of ${row.name}`,
    entries: [
      { kind: 'heading', id: 'theirs', label: TEXT.copyReconnectLink },
      ...theirs,
      { kind: 'rule', id: 'rule' },
      {
        kind: 'line',
        id: 'company',
        label: TEXT.copyCompanyLink,
        hint: 'adds a connection',
        run: () => void copyLink(row),
      },
    ],
  };
}

/** Copies the Link URL of a company, or of one of its connections. */
export async function copyLink(row: CompanyRow, connection?: ConnectionChip): Promise<void> {
  if (connection) return copyConnectionLink(row.id, row.name, connection);
  return copyCompanyLink(row.id, row.name);
}

async function copyCompanyLink(company: string, name: string): Promise<void> {
  try {
    showCopied('Link URL copied', name, await copyToClipboard('copyLinkUrl', { company }));
    firstSteps.setDone('linkCopied');
  } catch (thrown) {
    showFailure(`Couldn’t copy the Link URL of ${name}`, thrown);
  }
}

/** Copies the Link URL of a connection of which no more is known than the list of what may expire has. */
export async function copyConnectionLink(
  company: string,
  name: string,
  connection: Pick<ConnectionChip, 'id' | 'name'>,
): Promise<void> {
  const whose = `${name}, ${connection.name}`;
  try {
    showCopied(
      'Link URL copied',
      whose,
      await copyToClipboard('copyLinkUrl', { company, connection: connection.id }),
    );
    firstSteps.setDone('linkCopied');
  } catch (thrown) {
    showFailure(`Couldn’t copy the Link URL of ${whose}`, thrown);
  }
}

/** Opens the Link URL of a connection in the browser. */
export async function openLink(company: string, connection: string): Promise<void> {
  try {
    const { url, opened } = await call('openLinkUrl', { company, connection });
    if (!opened) window.open(url, '_blank', 'noopener,noreferrer');
  } catch (thrown) {
    showFailure('Couldn’t open the Link URL', thrown);
  }
}

/** Copies the workspace's generic Link URL. */
export async function copyInviteUrl(): Promise<void> {
  const workspace = session.workspace;
  if (workspace === null) return;
  if (workspace.inviteUrl === null) {
    const text = 'You’ll find it in Codat’s Portal under “Invite company”. Paste it in Settings once.';
    const action = { label: 'Open Settings', run: () => shell.navigate('settings', workspace.id) };
    showToast({ tone: 'info', title: `${workspace.name} has no invite URL yet`, text, action });
    return;
  }
  try {
    showCopied('Invite URL copied', workspace.name, await copyToClipboard('copyInviteUrl', {}));
  } catch (thrown) {
    showFailure('Couldn’t copy the invite URL', thrown);
  }
}

/** So much of what was copied is shown, in letters. */
const MAX_SHOWN = 200;

/** Copies any text. */
export async function copyText(text: string, label: string): Promise<void> {
  try {
    const copied = await copyToClipboard('copyText', { text, label });
    showToast({ tone: 'done', title: `${label} copied`, code: copied.text.slice(0, MAX_SHOWN) });
  } catch (thrown) {
    showFailure(`Couldn’t copy ${label}`, thrown);
  }
}

/** Queues reads of all of a company's data. */
export async function refreshData(row: CompanyRow): Promise<void> {
  try {
    const { queued } = await call('refreshData', { id: row.id });
    const text = await distinctName(row);
    if (queued) showToast({ tone: 'done', title: 'Refresh queued', text });
    else showToast({ tone: 'info', title: 'A refresh is already in progress', text });
  } catch (thrown) {
    showRefreshFailure(`Couldn’t refresh ${row.name}`, row, thrown);
  }
}

/** Says why nothing is read of a company; where nothing of it is linked, its Link URL is what helps. */
export function showRefreshFailure(
  what: string,
  company: { id: string; name: string },
  thrown: unknown,
): void {
  const failure = Failure.from(thrown);
  if (failure.code !== 'nothingLinked') return showFailure(what, failure);
  const action: ToastMessage['action'] = {
    label: TEXT.copyCompanyLink,
    run: () => void copyCompanyLink(company.id, company.name),
  };
  showToast({
    tone: 'info',
    title: `Nothing to refresh for ${company.name}`,
    text: 'It has no connections. Send the customer the Link URL.',
    action,
  });
}

/** Opens what an act on the selected companies will do. */
export function openBulkChange(act: RunActName): void {
  if (selection.count > 0) shell.bulkChange = { act, selection: selection.toWire };
}

/** Shows a run of many companies that was started from the selection. */
export function followBulkChange({ run }: RunBegan): void {
  selection.clear();
  shell.openRun(run);
  void runList.refetch();
}

/** The controls of a run, with the message if one fails. */
export async function controlRun(
  how: 'pauseRun' | 'resumeRun' | 'cancelRun' | 'retryFailed',
  run: RunRow,
): Promise<void> {
  try {
    await call(how, { run: run.id });
  } catch (thrown) {
    showFailure(`Couldn’t change “${runTitle(run)}”`, thrown);
  }
  await runList.refetch();
}

/** Begins to edit a name in its row. */
export function startRename(row: CompanyRow): void {
  shell.nameEdit = { row, text: row.name, problem: null, isSaving: false };
}

/** Saves an edited name; where that fails, what was typed stays and the reason is shown with it. */
export async function saveRename(): Promise<boolean> {
  const editing = shell.nameEdit;
  if (editing === null || editing.isSaving) return false;
  if (editing.text === editing.row.name) {
    shell.nameEdit = null;
    return true;
  }
  shell.nameEdit = { ...editing, isSaving: true, problem: null };
  try {
    const { id, name: was } = editing.row;
    const row = await call('renameCompany', { id, was, name: editing.text });
    companyList.put(row);
    if (shell.nameEdit?.row.id === editing.row.id) shell.nameEdit = null;
    showToast({ tone: 'done', title: 'Renamed', text: row.name });
    return true;
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.isUnrecorded && shell.nameEdit?.row.id === editing.row.id) {
      shell.nameEdit = null;
      showFailure('Renamed', failure);
      return true;
    }
    // Changed elsewhere meanwhile: who saves again has seen what it is now.
    const now =
      failure.code === 'conflict' ? await call('company', { id: editing.row.id }).catch(() => null) : null;
    if (shell.nameEdit?.row.id === editing.row.id) {
      const row = now ?? editing.row;
      shell.nameEdit = { ...shell.nameEdit, row, isSaving: false, problem: failure.message };
    } else showFailure(`Couldn’t rename ${editing.row.name}`, failure);
    return false;
  }
}

/** Takes a deletion back while that is possible. */
export async function undoDelete(id: string, name: string): Promise<void> {
  try {
    const { undone } = await call('undoDelete', { id });
    if (undone) showToast({ tone: 'done', title: 'Deletion undone', text: `${name} stays.` });
    else
      showToast({
        tone: 'warning',
        title: 'Too late to undo',
        text: `We already asked Codat to delete ${name}.`,
      });
  } catch (thrown) {
    showFailure(`Couldn’t undo the deletion of ${name}`, thrown);
  }
  await session.load();
}

/** Opens another workspace. Whether it is open. */
export async function switchWorkspace(id: string): Promise<boolean> {
  if (session.openingWorkspace === null && session.value?.current === id) return true;
  session.openingWorkspace = id;
  try {
    session.apply(await call('switchWorkspace', { id }));
    return true;
  } catch (thrown) {
    showFailure('Couldn’t open the workspace', thrown);
    return false;
  } finally {
    if (session.openingWorkspace === id) session.openingWorkspace = null;
  }
}

/** Starts a sweep now. */
export async function refreshNow(): Promise<void> {
  try {
    await call('refreshNow', {});
  } catch (thrown) {
    showFailure('Couldn’t check for changes', thrown);
  }
}

/** Looks into the keyring again for the key of the open workspace; a locked keyring shows its prompt. */
export async function retryKey(): Promise<void> {
  const workspace = session.workspace;
  if (workspace === null) return;
  try {
    session.apply(await call('retryKey', { id: workspace.id }));
  } catch (thrown) {
    showFailure('There’s still no key', thrown);
  }
}

/** Sets a damaged database aside and loads everything from Codat again. */
export async function rebuildDatabase(): Promise<void> {
  try {
    session.apply(await call('rebuildDatabase', { id: session.value?.current ?? '' }));
    await companyList.again();
  } catch (thrown) {
    showFailure('Couldn’t rebuild the database', thrown);
  }
}

/** Pauses background work, until the user resumes it or until a time, or resumes it. */
export async function setPaused(paused: boolean, end: PauseEnd = 'resumed'): Promise<void> {
  try {
    await call('pause', { paused, end });
    showToast({ tone: 'done', title: paused ? 'Background work paused' : 'Background work resumed' });
  } catch (thrown) {
    showFailure(paused ? 'Couldn’t pause background work' : 'Couldn’t resume background work', thrown);
  }
}

/** Ends the app. */
export async function quit(): Promise<void> {
  try {
    await call('quit', {});
  } catch (thrown) {
    showFailure('Couldn’t quit the app', thrown);
  }
}

/** Whether the customer must do something: red or grey. */
function needsAttention(connection: ConnectionChip): boolean {
  return connection.color === 'red' || connection.color === 'grey';
}

function showCopied(title: string, whose: string, copied: Copied): void {
  if (copied.asOf === null) {
    showToast({ tone: 'done', title, text: whose, code: copied.text }, 'copied');
    return;
  }
  const age = `This is the last known link, from ${agoInWords(copied.asOf, clock.now())} (${exact(copied.asOf)}).`;
  const text = [`${whose}.`, copied.reason, age].filter(Boolean).join(' ');
  showToast({ tone: 'warning', title, text, code: copied.text }, 'copied');
}
