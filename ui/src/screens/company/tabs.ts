// The parts of a company, in their order. To add one: write its component and put its line here.
import type { Component } from 'svelte';
import type { CompanyRow } from '../../lib/wire';
import CompanySettings from './CompanySettings.svelte';
import Connections from './Connections.svelte';
import Data from './data/Data.svelte';
import Files from './Files.svelte';
import History from './History.svelte';
import Summary from './Summary.svelte';

/** What every part is given. */
export interface TabProps {
  /** The company as the list shows it. */
  company: CompanyRow;
  /** What the address names within the part, from the outside in. */
  within: readonly string[];
}

/** A part of a company. */
export interface Tab {
  id: string;
  label: string;
  component: Component<TabProps>;
}

/** The parts of a company. */
export const TABS: readonly Tab[] = [
  { id: 'summary', label: 'Summary', component: Summary },
  { id: 'connections', label: 'Connections', component: Connections },
  { id: 'data', label: 'Data', component: Data },
  { id: 'history', label: 'Data history', component: History },
  { id: 'files', label: 'Files', component: Files },
  { id: 'settings', label: 'Settings', component: CompanySettings },
];
