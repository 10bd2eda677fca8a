// What the list shows now, as a view that can be saved, and how it differs from the open view.
import { companyList } from '../../lib/lists';
import { session } from '../../lib/session.svelte';
import { views } from '../../lib/views.svelte';
import type { SavedView } from '../../lib/wire';
import { completeChoices } from './columns';

/** A new view without a name, of what the list shows. */
export function newView(): SavedView {
  return {
    id: crypto.randomUUID(),
    name: '',
    search: companyList.search.trim(),
    sort: companyList.sort,
    columns: completeChoices(session.preferences?.columns ?? []),
  };
}

/** The view with what the list shows now. It gets columns of its own only if they differ from those it has. */
export function withShown(view: SavedView): SavedView {
  const { search, sort, columns } = newView();
  const isSame = isEqual(columns, completeChoices([...views.columnsOf(view)]));
  return { ...view, search, sort, columns: isSame ? view.columns : columns };
}

/** Whether the list shows something else than the view. */
export function isEdited(view: SavedView): boolean {
  const shown = withShown(view);
  return (
    shown.search !== view.search || !isEqual(shown.sort, view.sort) || !isEqual(shown.columns, view.columns)
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
