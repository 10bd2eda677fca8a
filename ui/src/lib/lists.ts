// The lists of this page, each made once: a screen that is left and come back to is as it was.
import { CompanyList } from '../screens/companies/list.svelte';

/** The list of companies. */
export const list = new CompanyList();
