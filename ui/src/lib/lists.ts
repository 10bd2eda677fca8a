// The lists of this page, each made once: a screen that is left and come back to is as it was.
import { CompanyList } from './company-list.svelte';
import { RowProgress } from './row-progress.svelte';
import { RunList } from './run-list.svelte';
import { SelectionModel } from './selection.svelte';

/** The list of companies. */
export const companyList = new CompanyList();

/** What is selected in it. */
export const selection = new SelectionModel(companyList);

/** Bulk refreshes, unfinished and finished. */
export const runList = new RunList();

/** What open runs do with the visible companies. */
export const rowProgress = new RowProgress();
