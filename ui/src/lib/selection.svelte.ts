// Which companies are selected: some, or all that a search finds but for some. Kept apart from the rows on
// screen, so that a hundred thousand can be selected without being here.
import { call } from './calls';
import type { CompanyList } from './company-list.svelte';
import type { CompanySelection } from './wire';

/** The most rows of one answer, and the most of one range. */
const PAGE = 1_000;
const MOST_IN_RANGE = 10_000;

/** What is selected in a list. */
export class SelectionModel {
  /** Selected companies; where all of a search are, those that are not. */
  #ids = $state.raw<ReadonlySet<string>>(new Set());
  /** The search of which all are selected. */
  #search = $state<string | null>(null);
  /** Where a range begins, and what was selected besides. */
  #anchor: { index: number; before: ReadonlySet<string> } | null = null;
  #requestId = 0;
  readonly #list: CompanyList;

  constructor(list: CompanyList) {
    this.#list = list;
  }

  /** How many companies are selected. */
  get count(): number {
    if (this.#search === null) return this.#ids.size;
    return Math.max(0, (this.#list.page?.matching ?? 0) - this.#ids.size);
  }

  /** Whether all that match are selected, none left out. */
  get isAll(): boolean {
    return this.#search !== null && this.#ids.size === 0;
  }

  /** Whether none, some or all that match are selected; all also where each was selected on its own. */
  get extent(): 'none' | 'some' | 'all' {
    if (this.count === 0) return 'none';
    const page = this.#list.page;
    if (this.isAll || page === null) return this.isAll ? 'all' : 'some';
    if (this.count < page.matching) return 'some';
    for (let at = 0; at < page.rowCount; at += 1) {
      const row = this.#list.row(at);
      if (row === undefined || !this.has(row.id)) return 'some';
    }
    return 'all';
  }

  /** The selection as the application takes it. */
  get toWire(): CompanySelection {
    const ids = [...this.#ids];
    return this.#search === null
      ? { companies: ids, search: null, except: [] }
      : { companies: [], search: this.#search, except: ids };
  }

  /** Whether a company is selected. */
  has(id: string): boolean {
    return this.#ids.has(id) === (this.#search === null);
  }

  /** Selects or deselects a company; the next range starts here. */
  toggle(id: string, index: number): void {
    this.#requestId += 1;
    const ids = new Set(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    this.#ids = ids;
    this.#anchor = { index, before: ids };
  }

  /** The keyboard or the pointer goes elsewhere: the next range begins there. */
  clearAnchor(): void {
    this.#anchor = null;
  }

  /** Selects all rows from where the range begins to this one. */
  async extend(from: number, to: number): Promise<void> {
    // Where all are selected there is nothing to add.
    if (this.#search !== null) return;
    this.#anchor ??= { index: from, before: this.#ids };
    const { index, before } = this.#anchor;
    const [first, last] = index < to ? [index, to] : [to, index];
    const asked = (this.#requestId += 1);
    const ids = await this.#idsInRange(first, Math.min(last, first + MOST_IN_RANGE - 1));
    if (asked === this.#requestId) this.#ids = new Set([...before, ...ids]);
  }

  /** Selects all companies that the search on screen finds. */
  all(): void {
    this.#requestId += 1;
    this.#search = this.#list.answeredSearch;
    this.#ids = new Set();
    this.#anchor = null;
  }

  /** Selects nothing. */
  clear(): void {
    this.#requestId += 1;
    this.#search = null;
    this.#ids = new Set();
    this.#anchor = null;
  }

  /** All of another search is not all of this one: only companies that were named stay selected. */
  onSearchChanged(search: string): void {
    this.#anchor = null;
    if (this.#search !== null && this.#search !== search) this.clear();
  }

  async #idsInRange(first: number, last: number): Promise<string[]> {
    const here = Array.from({ length: last - first + 1 }, (_, at) => this.#list.row(first + at)?.id);
    if (here.every((id) => id !== undefined)) return here;
    const { view } = this.#list;
    const version = this.#list.page?.version ?? 0;
    const ids: string[] = [];
    for (let offset = first; offset <= last; offset += PAGE) {
      const limit = Math.min(PAGE, last - offset + 1);
      const { rows } = await call('rows', { view, version, offset, limit });
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }
}
