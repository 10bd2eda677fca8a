// The rows of the Companies screen: the view, its answer, and the few pages of rows around what is seen.
import { call } from './calls';
import { PagedList, type Part } from './paged-list.svelte';
import { PAGE } from './windowing';
import type { CompaniesPage, CompanyRow, Sort, View } from './wire';

/** Pages in memory. */
const KEPT_PAGES = 9;

/** The newest reads first, as the application itself does. */
export const STANDARD_SORT: Sort = { column: 'lastRead', descending: true };

/** Rows, with the query and version that they belong to. */
interface Answer extends Part<CompanyRow> {
  view: View;
  page: CompaniesPage;
}

/** Where a list stood when it was left. */
interface ListPlace {
  /** Rows above what was seen, in parts. */
  rows: number;
  /** How far it was scrolled sideways, in pixels. */
  left: number;
  /** The column that the keyboard was at. */
  col: number;
}

/** The list of companies. */
export class CompanyList extends PagedList<CompanyRow, Answer> {
  /** The search box as typed. */
  search = $state('');
  /** The order. */
  sort = $state.raw<Sort>(STANDARD_SORT);
  /** Parents that are open. */
  expanded = $state.raw<readonly string[]>([]);
  /** Where it stood, while another screen is shown. */
  #left: ListPlace | null = null;
  /** Shown again, and no answer has come since: one that is under way may know that its row has moved. */
  #isReturning = false;
  /** The company that the keyboard was at until it left the list; the row that follows has its place. */
  #departed = $state.raw<{ id: string; wasLast: boolean } | null>(null);

  constructor() {
    super('companies', PAGE, KEPT_PAGES);
  }

  /** What is asked for. */
  get view(): View {
    const view = { search: this.search, sort: this.sort, expanded: [...this.expanded] };
    // Who comes back finds the row wherever it has gone meanwhile.
    const isAway = this.#left !== null || this.#isReturning;
    return isAway && this.activeId !== null ? { ...view, locate: this.activeId } : view;
  }

  /** The newest answer. */
  get page(): CompaniesPage | null {
    return this.head?.page ?? null;
  }

  /** The search that the rows on screen are an answer to. */
  get answeredSearch(): string {
    return this.head?.view.search ?? '';
  }

  /** The row of a company, if it is in memory. */
  rowOf(id: string): CompanyRow | null {
    return this.row(this.indexOf(id)) ?? null;
  }

  /** The company so many rows below another, within the search and order of the list; `null` if it is not in memory. */
  neighborOf(id: string, by: number): string | null {
    const index = this.indexOf(id);
    if (index >= 0) return this.row(index + by)?.id ?? null;
    if (this.#departed?.id !== id) return null;
    // The list closed the gap: what followed is where the company was, unless that was the end.
    const isOneDown = by > 0 && !this.#departed.wasLast;
    const isOnPrevious = by < 0 && this.#departed.wasLast;
    return this.row(this.activeIndex + by + (isOneDown ? -1 : 0) + (isOnPrevious ? 1 : 0))?.id ?? null;
  }

  /** While another screen is open: the keyboard moves to a row, and the pages around it are read. */
  visit(id: string): void {
    const index = this.indexOf(id);
    if (index < 0) return;
    super.activate(index);
    const { first, end } = this.seen;
    if (index >= first && index < end) return;
    const many = end - first;
    const top = index < first ? index : Math.max(0, index + 1 - many);
    this.look({ first: top, end: top + many });
    if (this.#left !== null) this.#left = { ...this.#left, rows: top };
  }

  /**
   * Another search. While a question is under way the next is asked after it, with all that was typed meanwhile:
   * a slow answer costs one wait, not one a letter.
   */
  setSearch(search: string): void {
    if (search === this.search) return;
    this.search = search;
    this.nudge();
  }

  /** Another order. */
  setSort(sort: Sort): void {
    this.sort = sort;
    void this.again();
  }

  /** Another search and another order at once. */
  show(search: string, sort: Sort): void {
    const isSame = JSON.stringify(sort) === JSON.stringify(this.sort);
    if (search === this.search && isSame) return;
    this.search = search;
    this.sort = sort;
    void this.again();
  }

  /** Opens or closes a parent. */
  toggleExpanded(id: string): void {
    const isOpen = this.expanded.includes(id);
    this.expanded = isOpen ? this.expanded.filter((open) => open !== id) : [...this.expanded, id];
    void this.again();
  }

  override activate(index: number): void {
    this.#isReturning = false;
    super.activate(index);
  }

  /** Called when another screen opens: the list stays up to date and remembers its position. */
  leave(place: ListPlace): void {
    this.#left = place;
  }

  /** It is shown again: where it was, with its row wherever that has gone meanwhile. */
  comeBack(): ListPlace | null {
    const place = this.#left;
    this.#left = null;
    this.#isReturning = place !== null;
    return place;
  }

  /** Shows a row as it is known to be now, before the list is asked again. */
  put(row: CompanyRow): void {
    const index = this.indexOf(row.id);
    const old = this.row(index);
    if (old !== undefined) this.replace(index, { ...row, depth: old.depth });
  }

  /** Another workspace: nothing of the former one stays. */
  reset(): void {
    this.forget();
    this.search = '';
    this.expanded = [];
    this.#left = null;
    this.onMoved({ kind: 'reset' });
    void this.again();
  }

  /** Asks, and keeps the answer true from now on. */
  start(sort: Sort): void {
    this.sort = sort;
    void this.listen();
  }

  /** With parents opened or closed it is the same list. */
  protected override get queryKey(): string {
    return JSON.stringify([this.search, this.sort.column, this.sort.descending]);
  }

  protected override idOf(row: CompanyRow): string {
    return row.id;
  }

  protected override async ask(page: number): Promise<Answer | null> {
    return this.head === null ? null : askRows(this.head, page);
  }

  /** The first page comes with the counts of the list; rows in view come with it, so that a change never blanks them. */
  protected override async askTogether(
    pages: readonly number[],
    isSameQuery: boolean,
  ): Promise<ReadonlyMap<number, Answer>> {
    const { view } = this;
    const page = await call('companies', view);
    const first = { total: page.rowCount, rows: page.rows, view, page };
    // Rows in view may have moved to the page that follows.
    const wanted = isSameQuery ? [...pages, (pages.at(-1) ?? 0) + 1] : [];
    const others = wanted.filter((number) => number !== 0 && number * PAGE < page.rowCount).slice(0, 2);
    const answers = await Promise.all(others.map((number) => askRows(first, number)));
    const parts = new Map<number, Answer>([[0, first]]);
    answers.forEach((answer, at) => answer !== null && parts.set(others[at] ?? 0, answer));
    return parts;
  }

  /** The keyboard stays with its company where it can be found, else with its place; in another search too. */
  protected override follow(parts: ReadonlyMap<number, Answer>): void {
    const located = parts.get(0)?.page.located ?? null;
    const found = this.activeId === null ? -1 : (located ?? this.indexIn(parts, this.activeId));
    if (found < 0 && this.activeId !== null)
      this.#departed = { id: this.activeId, wasLast: this.activeIndex >= this.total };
    this.stay(found, this.activeIndex);
  }

  protected override movedBy(shift: number, isSameQuery: boolean, activeBefore: number): number {
    const isActiveSeen = activeBefore >= this.seen.first && activeBefore < this.seen.end;
    const withActive = isActiveSeen ? this.activeIndex - activeBefore : shift;
    if (this.#left !== null) this.#moveLeft(isSameQuery, withActive);
    const isReturning = this.#isReturning;
    this.#isReturning = false;
    return isReturning ? withActive : shift;
  }

  /** While another screen is open: the position follows the active row if that was in view. */
  #moveLeft(isSameQuery: boolean, by: number): void {
    if (this.#left === null) return;
    if (!isSameQuery) {
      this.#left = null;
      return;
    }
    const { first, end } = this.seen;
    this.#left = { ...this.#left, rows: Math.max(0, this.#left.rows + by) };
    this.seen = { first: Math.max(0, first + by), end: Math.max(0, end + by) };
  }
}

/** Rows of the list that an answer is of; `null` where it has changed since. */
async function askRows({ view, page }: Answer, number: number): Promise<Answer | null> {
  const { version } = page;
  const answer = await call('rows', { view, version, offset: number * PAGE, limit: PAGE });
  return answer.version === version ? { total: page.rowCount, rows: answer.rows, view, page } : null;
}
