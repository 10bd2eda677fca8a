// The actions on one company.
import type { Action } from './action';
import * as operations from './operations';
import { shell } from './shell.svelte';
import { TEXT } from './text';
import type { CompanyRow } from './wire';

/** The actions on one company, in the order of its menu. */
export const ROW_ACTIONS: readonly Action[] = [
  {
    ...rowAction('row.copyLink', TEXT.copyLink, ['L'], (row) =>
      operations.copyLinkUrl(row, shell.activeAnchor()),
    ),
    titleFor: operations.copyLinkTitle,
  },
  {
    ...rowAction('row.open', 'Open company', ['Enter'], (row) => shell.openCompany(row.id)),
    isAvailable: () => shell.screen === 'companies',
  },
  {
    id: 'row.peek',
    title: 'Peek',
    group: 'Company',
    needsRow: true,
    isAvailable: () => shell.screen === 'companies',
    run: () => {
      shell.panel = null;
      shell.isPeeking = true;
    },
  },
  rowAction('row.connections', TEXT.showConnections, ['C'], openPanel),
  {
    ...rowAction('row.refresh', TEXT.refreshData, ['R'], (row) => void operations.refreshData(row)),
    requires: 'operate',
  },
  { ...rowAction('row.rename', TEXT.rename, ['F2'], operations.startRename), requires: 'operate' },
  rowAction('row.copyId', TEXT.copyId, ['I'], (row) => void operations.copyText(row.id, 'ID')),
  {
    ...rowAction('row.delete', TEXT.delete, ['Delete'], (row) => (shell.deletingCompany = row)),
    requires: 'administer',
    isDanger: true,
  },
];

/** Opens the connections of a company: beside the list, or as the part of it where it is open in full. */
export function openPanel(row: CompanyRow, connection: string | null = null): void {
  if (shell.screen === 'company') {
    shell.openCompany(row.id, 'connections', ...(connection === null ? [] : [connection]));
    return;
  }
  shell.panel = { company: row, connection };
}

function rowAction(id: string, title: string, keys: string[], act: (row: CompanyRow) => void): Action {
  return {
    id,
    title,
    group: 'Company',
    keys,
    onlyInCompanyList: true,
    needsRow: true,
    run: (row) => {
      if (row !== null) act(row);
    },
  };
}
