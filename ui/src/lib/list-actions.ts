// The actions on the list of companies: search, selection, views and columns.
import { tick } from 'svelte';
import type { Action } from './action';
import { firstSteps } from './first-steps.svelte';
import { companyList, selection } from './lists';
import * as operations from './operations';
import { toggleFilter } from './search-text';
import { shell } from './shell.svelte';
import { sinceYouLeft } from './since-you-left.svelte';
import { STATUS_BUTTONS, TEXT } from './text';
import { views } from './views.svelte';

const onCompanies = () => shell.screen === 'companies';

/** The actions on the list. */
export const LIST_ACTIONS: readonly Action[] = [
  {
    id: 'company.new',
    title: TEXT.newCompany,
    group: 'List',
    keys: ['N', 'Ctrl+Shift+N'],
    requires: 'operate',
    run: () => {
      shell.navigate('companies');
      shell.isNewCompanyOpen = true;
    },
  },
  { id: 'invite.copy', title: TEXT.copyInviteUrl, group: 'List', run: () => void operations.copyInviteUrl() },
  {
    id: 'query',
    title: 'Search these records',
    group: 'List',
    keys: ['/', 'Ctrl+F'],
    isAvailable: () => shell.focusQuery !== null,
    run: () => shell.focusQuery?.(),
  },
  {
    id: 'search',
    title: 'Search companies',
    group: 'List',
    keys: ['/', 'Ctrl+F'],
    isAvailable: () => shell.focusQuery === null,
    run: goSearch,
  },
  {
    id: 'search.clear',
    title: TEXT.clearSearch,
    group: 'List',
    isAvailable: () => onCompanies() && companyList.search !== '',
    run: () => companyList.setSearch(''),
  },
  ...STATUS_BUTTONS.map(({ color, label, values }, at): Action => ({
    id: `filter.${color}`,
    title: `Filter: ${label}`,
    group: 'List',
    keys: [`Alt+Shift+${at + 1}`],
    run: () => {
      shell.navigate('companies');
      companyList.setSearch(toggleFilter(companyList.search, 'is', values));
    },
  })),
  {
    id: 'selection.all',
    title: 'Select all matching companies',
    group: 'List',
    keys: ['Ctrl+A'],
    isAvailable: onCompanies,
    run: () => selection.all(),
  },
  {
    id: 'selection.refresh',
    title: TEXT.refreshSelected,
    group: 'List',
    keys: ['Shift+R'],
    requires: 'operate',
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => operations.openBulkChange('refresh'),
  },
  {
    id: 'selection.changeTags',
    title: 'Change tags of the selected companies…',
    group: 'List',
    keys: ['Shift+T'],
    requires: 'operate',
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => operations.openBulkChange('changeTags'),
  },
  {
    id: 'selection.delete',
    title: 'Delete the selected companies…',
    group: 'List',
    keys: ['Shift+Delete'],
    requires: 'administer',
    isDanger: true,
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => operations.openBulkChange('delete'),
  },
  {
    id: 'selection.clear',
    title: 'Clear selection',
    group: 'List',
    isAvailable: () => onCompanies() && selection.count > 0,
    run: () => selection.clear(),
  },
  {
    id: 'view.save',
    title: 'Save search, order and columns as a view…',
    group: 'List',
    isAvailable: onCompanies,
    run: () => shell.saveShown(),
  },
  {
    id: 'sinceYouLeft.putAway',
    title: 'Hide what changed since you left',
    group: 'List',
    keys: ['D'],
    onlyInCompanyList: true,
    isAvailable: () => onCompanies() && !firstSteps.isShown && sinceYouLeft.value !== null,
    run: () => void sinceYouLeft.putAway(),
  },
  {
    id: 'columns',
    title: 'Choose columns',
    group: 'List',
    run: () => {
      shell.navigate('companies');
      shell.isColumnsOpen = true;
    },
  },
];

/** A digit opens one of the first nine views. */
export function viewActions(): Action[] {
  return views.all.map(({ view }, at) => ({
    id: `view.${view.id}`,
    title: `Open view: ${view.name}`,
    group: 'List',
    ...(at < 9 ? { keys: [`${at + 1}`] } : {}),
    run: () => views.show(view.id),
  }));
}

function goSearch(): void {
  // At once where the box is there: what is typed next must not be lost.
  if (onCompanies()) shell.focusSearch();
  else {
    shell.navigate('companies');
    void tick().then(() => shell.focusSearch());
  }
}
