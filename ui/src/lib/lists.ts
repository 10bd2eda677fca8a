// The lists of this page, each made once: a screen that is left and come back to is as it was.
import { CompanyList } from '../screens/companies/list.svelte';
import { RunList } from './runs.svelte';
import { Selected } from './selection.svelte';

/** The list of companies. */
export const list = new CompanyList();

/** What is selected in it. */
export const selected = new Selected(list);

/** The refreshes that go on, and those that have ended. */
export const runs = new RunList();
