// The filters that were used last in a workspace, newest first, as they are typed.
import { searchParts } from './filter-words';
import { readStored, writeStored } from './local-storage';

/** How many are stored. */
const MAX_RECENT = 8;

function keyOf(workspace: string): string {
  return `portal-recent-filters-${workspace}`;
}

/** The filters that were used last, at most 8. */
export function recentFilters(workspace: string): readonly string[] {
  const stored = readStored<unknown>(keyOf(workspace));
  return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
}

/** Stores the filters of a search as used. */
export function rememberFilters(workspace: string, search: string): void {
  const used = searchParts(search)
    .filter((part) => part.label !== null)
    .map((part) => part.text);
  if (used.length === 0) return;
  const all = new Set([...used, ...recentFilters(workspace)]);
  writeStored(keyOf(workspace), [...all].slice(0, MAX_RECENT));
}
