// The lists of this page, each made once: a screen that is left and come back to is as it was.
import { CompanyList } from './company-list.svelte';
import { RunList } from './run-list.svelte';
import { SelectionModel } from './selection.svelte';

/** The list of companies. */
export const companyList = new CompanyList();

/** What is selected in it. */
export const selection = new SelectionModel(companyList);

/** The refreshes that go on, and those that have ended. */
export const runList = new RunList();
