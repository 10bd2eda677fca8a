// Texts that are used in more than one place. `words.test.ts` lists the terms to avoid.
import { dateTime } from './format';
import type { ColorName, SafeMode, Workspace } from './wire';

/** Names of what one can do. */
export const TEXT = {
  newCompany: 'New company',
  addNewCompany: 'Add new company',
  rename: 'Rename',
  copyLink: 'Copy link…',
  copyReconnectLink: 'Copy reconnect link',
  copyCompanyLink: 'Copy company link',
  copyInviteUrl: 'Copy invite URL',
  copyId: 'Copy ID',
  copyName: 'Copy name',
  refresh: 'Refresh',
  refreshData: 'Refresh data',
  refreshNow: 'Check now',
  refreshSelected: 'Refresh data for the selected companies…',
  delete: 'Delete…',
  showConnections: 'Show connections',
  companies: 'Companies',
  inbox: 'Inbox',
  refreshes: 'Refreshes',
  expiry: 'Expiry',
  schedules: 'Schedules',
  dataTypes: 'Data types',
  sandbox: 'Sandbox tools',
  settings: 'Settings',
  columns: 'Columns',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copyDetails: 'Copy details',
  undo: 'Undo',
  clearSearch: 'Clear search',
  saveView: 'Save view…',
  replaceKey: 'Replace key',
  changeSafeMode: 'Change safe mode',
  addWorkspace: 'Add workspace',
  searchHint: 'Search, or is:red platform:xero stale:>7d',
  noConnections: 'No connections yet',
  never: 'Never refreshed',
  loadNow: 'Load now',
  loadAgain: 'Load again',
  openStatement: 'Open the statement',
} as const;

/** What the buttons above the list say, in their order, and the values of `is:` that mean the same. */
export const STATUS_BUTTONS: readonly {
  color: ColorName;
  label: string;
  values: readonly string[];
}[] = [
  { color: 'red', label: 'Broken', values: ['red', 'broken'] },
  { color: 'purple', label: 'Pending', values: ['purple', 'pending'] },
  { color: 'grey', label: 'Unlinked', values: ['grey', 'unlinked'] },
  { color: 'green', label: 'Linked', values: ['green', 'linked'] },
  { color: 'none', label: 'No connections', values: ['none'] },
];

/** A company's color in a word. */
export const COLOR_WORDS: Record<ColorName, string> = {
  red: 'Broken',
  purple: 'Pending',
  grey: 'Unlinked',
  green: 'Linked',
  none: 'No connections',
};

/** A connection's status in a word, where Codat's own is not one. */
export const STATUS_WORDS: Record<string, string> = {
  PendingAuth: 'Pending',
};

/** The hues a workspace can have. */
export const HUES = ['teal', 'blue', 'violet', 'orange', 'pink', 'lime'] as const;

/** What each safe mode lets one do. */
export const SAFE_MODES: readonly { mode: SafeMode; title: string; text: string }[] = [
  { mode: 'view', title: 'View', text: 'Read, copy and export. Nothing changes at Codat.' },
  {
    mode: 'operate',
    title: 'Operate',
    text: 'Also create, rename, tag and refresh companies, and add connections.',
  },
  {
    mode: 'administer',
    title: 'Administer',
    text: 'Also delete companies, unlink and delete connections, and change data types.',
  },
];

/** What kind of data a workspace has. */
export function workspaceKind(workspace: Workspace): string {
  return workspace.kind === 'sandbox' ? 'Sample data' : 'Codat';
}

/** What there is to say of watching a workspace that is not shown; it follows its place. */
export function watchStateText(workspace: Workspace): string {
  if (workspace.kind === 'sandbox') return '';
  if (!workspace.watched) return ' · not watched';
  switch (workspace.state) {
    case null:
    case 'offline':
    case 'failing':
    case 'refused':
    case 'notSaved':
      return ' · can’t be updated';
    case 'starting':
    case 'sweeping':
    case 'current':
    case 'limited':
      return ' · watched';
    case 'paused':
      return ' · paused';
  }
}

/** How a workspace's key stands. */
export function keyStateText(state: Workspace['keyState']): string {
  switch (state) {
    case 'kept':
      return 'The key is saved in this computer’s keyring.';
    case 'session':
      return 'Stored until you quit. This computer has no keyring, so the key isn’t saved.';
    case 'missing':
      return 'There’s no key. Enter it again to continue.';
    case 'refused':
      return 'Codat rejected the key. Replace it, or try again.';
  }
}

/** The explanation at a company whose data could not be decoded. */
export function unreadableSince(since: number): string {
  return `We couldn’t read this since ${dateTime(since)}. You see its last known state.`;
}
