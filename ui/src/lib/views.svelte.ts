// Saved views of the list of companies, and the one that is open.
import { call } from './calls';
import { STANDARD_SORT } from './company-list.svelte';
import { companyList } from './lists';
import { LiveQuery } from './live-query.svelte';
import { readStored, writeStored } from './local-storage';
import { session } from './session.svelte';
import { shell } from './shell.svelte';
import { showFailure, showToast } from './toasts';
import { TEXT } from './text';
import type { ColumnChoice, CountedView, SavedView, Sort } from './wire';

/** The storage key of the list's own order and columns while a view is open. */
const OWN_LAYOUT = 'portal-list-layout';

/** How the list looks without a view. */
interface Layout {
  sort: Sort;
  columns: ColumnChoice[];
}

class Views {
  /** The ID of the open view; null: the list of all companies. */
  openId = $state<string | null>(null);
  /** The order and columns to return to when the view is closed. Null: no view is open. */
  #own = $state.raw<Layout | null>(null);
  readonly #query = new LiveQuery<CountedView[]>({
    fetch: () => call('views', {}),
    query: 'views',
    onData: (views) => this.#arrive(views),
  });

  /** All views with their numbers of companies, in the user's order. */
  get all(): readonly CountedView[] {
    return this.#query.value ?? [];
  }

  /** Whether the views are known. */
  get isLoaded(): boolean {
    return this.#query.value !== null;
  }

  /** The open view as it is saved. */
  get open(): SavedView | null {
    return find(this.all, this.openId);
  }

  /** The columns of a view: its own, or those of the list. */
  columnsOf(view: SavedView): readonly ColumnChoice[] {
    return view.columns ?? this.#own?.columns ?? session.preferences?.columns ?? [];
  }

  /** Loads the views and keeps them up to date. Call it when the session is known. */
  start(): void {
    // The page may have been closed while a view was open.
    if (this.openId === null) this.#restore(readStored<Layout>(OWN_LAYOUT));
    void this.#query.start();
  }

  /** Another workspace is open: it has its own views. */
  reset(): void {
    this.showAll();
    this.#query.reset();
    void this.#query.refetch();
  }

  /** Opens a view on the Companies screen, or returns to it as it was left. While views load, it opens after that. */
  show(id: string): void {
    shell.navigate('companies');
    if (id === this.openId) return;
    this.openId = id;
    if (this.#query.value !== null) this.#display(this.all);
  }

  /** Closes the view: the list shows all companies in its own order and columns. */
  showAll(): void {
    if (this.openId === null) return;
    this.openId = null;
    if (this.#own === null) return;
    companyList.show('', this.#own.sort);
    this.#restore(this.#own);
  }

  /** Closes the view and searches all companies. */
  search(text: string): void {
    this.showAll();
    companyList.setSearch(text);
  }

  /** Shows the open view as it is saved. */
  resetChanges(): void {
    this.#display(this.all);
  }

  /** Saves a view and opens it if it is new. Rejects with a `Failure`. */
  async save(view: SavedView, position: number | null = null): Promise<void> {
    const isNew = find(this.all, view.id) === null;
    this.#query.reset(await call('saveView', { view, position }));
    if (!isNew) return;
    this.show(view.id);
  }

  /** Moves a view among the others by a number of places. */
  async move(view: SavedView, by: number): Promise<void> {
    const position = indexOf(this.all, view.id) + by;
    if (position < 0 || position >= this.all.length) return;
    try {
      await this.save(view, position);
    } catch (thrown) {
      showFailure(`Couldn’t move the view “${view.name}”`, thrown);
    }
  }

  /** Deletes a view, with a way to restore it at its place. */
  async remove(view: SavedView): Promise<void> {
    const position = indexOf(this.all, view.id);
    try {
      this.#query.reset(await call('removeView', { id: view.id }));
    } catch (thrown) {
      showFailure(`Couldn’t delete the view “${view.name}”`, thrown);
      return;
    }
    const wasOpen = this.openId === view.id;
    if (wasOpen) this.showAll();
    const action = { label: TEXT.undo, run: () => void this.#undoRemove(view, position, wasOpen) };
    showToast({ tone: 'done', title: 'View deleted', text: view.name, action });
  }

  async #undoRemove(view: SavedView, position: number, wasOpen: boolean): Promise<void> {
    try {
      this.#query.reset(await call('saveView', { view, position }));
      if (wasOpen) this.show(view.id);
    } catch (thrown) {
      showFailure(`Couldn’t restore the view “${view.name}”`, thrown);
    }
  }

  /** A view that was named before the views were known opens now; one that was deleted elsewhere closes. */
  #arrive(views: readonly CountedView[]): void {
    if (this.openId === null) return;
    if (find(views, this.openId) === null) this.showAll();
    else if (this.#query.value === null) this.#display(views);
  }

  #display(views: readonly CountedView[]): void {
    const view = find(views, this.openId);
    if (view === null) {
      this.showAll();
      return;
    }
    this.#own ??= readStored<Layout>(OWN_LAYOUT) ?? {
      sort: companyList.sort,
      columns: session.preferences?.columns ?? [],
    };
    writeStored(OWN_LAYOUT, this.#own);
    companyList.show(view.search, view.sort);
    const columns = [...this.columnsOf(view)];
    if (!isEqual(columns, session.preferences?.columns)) void session.setPreferences({ columns });
  }

  /** Returns the list to its own order and columns. */
  #restore(own: Layout | null): void {
    this.#own = null;
    writeStored(OWN_LAYOUT, null);
    if (own === null) return;
    const { sort, columns } = session.preferences ?? { sort: null, columns: [] };
    companyList.show(companyList.search, own.sort);
    if (!isEqual([sort ?? STANDARD_SORT, columns], [own.sort, own.columns]))
      void session.setPreferences({ sort: own.sort, columns: own.columns });
  }
}

function indexOf(views: readonly CountedView[], id: string | null): number {
  return views.findIndex(({ view }) => view.id === id);
}

function find(views: readonly CountedView[], id: string | null): SavedView | null {
  return views[indexOf(views, id)]?.view ?? null;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The saved views of the workspace. */
export const views = new Views();
