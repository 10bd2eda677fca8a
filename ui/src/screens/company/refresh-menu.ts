// The menu of the Refresh button.
import { disabledReasonFor, findAction, runAction } from '../../lib/actions';
import { pageLoads } from '../../lib/page-loads.svelte';
import type { MenuItem } from '../../lib/shell.svelte';
import { TEXT } from '../../lib/text';
import type { CompanyRow } from '../../lib/wire';

/** Refreshes at the source, of the shown data type and of all data, and a look at what Codat has. */
export function refreshMenuItems(company: CompanyRow): MenuItem[] {
  return [
    ...pageLoads.refreshes.map(({ label, disabledReason, run }): MenuItem => ({
      kind: 'line',
      id: label,
      label,
      hint: 'from the source',
      disabledReason,
      run,
    })),
    ...refreshAll(company),
    ...loadAgainItems(),
  ];
}

/** The look at what Codat has, where the page shows something of it. */
export function loadAgainItems(): MenuItem[] {
  if (!pageLoads.canLoad) return [];
  return [
    {
      kind: 'line',
      id: 'load-again',
      label: TEXT.loadAgain,
      hint: 'from Codat',
      disabledReason: null,
      run: () => pageLoads.loadAgain(),
    },
  ];
}

function refreshAll(company: CompanyRow): MenuItem[] {
  const action = findAction('row.refresh');
  if (!action) return [];
  const hint = pageLoads.refreshes.length > 0 ? 'all types, from the source' : 'from the source';
  const run = () => runAction(action, company);
  return [
    {
      kind: 'line',
      id: action.id,
      label: TEXT.refreshData,
      hint,
      keys: action.keys?.[0],
      disabledReason: disabledReasonFor(action),
      run,
    },
  ];
}
