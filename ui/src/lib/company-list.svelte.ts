// The rows of the Companies screen: the view, its answer, and the few pages of rows around what is seen.
import { call } from './calls';
import { LiveQuery } from './live-query.svelte';
import type { CompaniesPage, CompanyRow, Sort, View } from './wire';
import { PAGE, pagesAround, type Span } from './windowing';

/** Pages kept in memory. */
const KEPT_PAGES = 9;

/** The newest reads first, as the application itself does. */
export const STANDARD_SORT: Sort = { column: 'lastRead', descending: true };

interface Page {
  version: number;
  rows: readonly CompanyRow[];
}

interface Answer {
  view: View;
  page: CompaniesPage;
  pages: ReadonlyMap<number, Page>;
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

/** How a row moved when an answer arrived: whoever scrolls keeps it in place. */
export type Moved = { kind: 'reset' } | { kind: 'shift'; rows: number };

/** The list of companies. */
export class CompanyList {
  /** The search box as typed. */
  search = $state('');
  /** The order. */
  sort = $state.raw<Sort>(STANDARD_SORT);
  /** Parents that are open. */
  expanded = $state.raw<readonly string[]>([]);
  /** The row that the keyboard is at. */
  activeIndex = $state(0);
  /** Its company. */
  activeId = $state<string | null>(null);

  /** Told when an answer moves rows, just before it is shown. */
  onMoved: (moved: Moved) => void = () => {};

  /** Where it stood, while another screen is shown. */
  #left: ListPlace | null = null;
  #seen: Span = { first: 0, end: 0 };
  #pages = $state.raw<ReadonlyMap<number, Page>>(new Map());
  #fetching = new Set<string>();
  /** Shown again, and no answer has come since: one that is under way may know that its row has moved. */
  #isReturning = false;
  #answer = new LiveQuery<Answer>({
    fetch: () => this.#ask(),
    isAffectedBy: (event) => event.type === 'changed',
    onData: (answer) => this.#arrive(answer),
  });

  /** What is asked for. */
  get view(): View {
    const view = { search: this.search, sort: this.sort, expanded: [...this.expanded] };
    // Who comes back finds the row wherever it has gone meanwhile.
    const isAway = this.#left !== null || this.#isReturning;
    return isAway && this.activeId !== null ? { ...view, locate: this.activeId } : view;
  }

  /** The newest answer. */
  get page(): CompaniesPage | null {
    return this.#answer.value?.page ?? null;
  }

  /** The search that the rows on screen are an answer to. */
  get answeredSearch(): string {
    return this.#answer.value?.view.search ?? '';
  }

  /** Why there is no newer answer. */
  get failure() {
    return this.#answer.failure;
  }

  /** Whether a question is under way. */
  get asking(): boolean {
    return this.#answer.isFetching;
  }

  /** Rows there are. */
  get rowCount(): number {
    return this.page?.rowCount ?? 0;
  }

  /** The row at an index, if it is here. */
  row(index: number): CompanyRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  /** The row that the keyboard is at. */
  get activeRow(): CompanyRow | null {
    return this.row(this.activeIndex) ?? null;
  }

  /** A row that is here, by its company. */
  rowOf(id: string): CompanyRow | null {
    const index = this.indexOf(id);
    return index < 0 ? null : (this.row(index) ?? null);
  }

  /** Where a company stands, if its row is here; −1 otherwise. */
  indexOf(id: string): number {
    return indexIn(this.#pages, id);
  }

  /** Asks again, now. */
  again(): Promise<void> {
    return this.#answer.refetch();
  }

  /**
   * Another search. While a question is under way the next is asked after it, with all that was typed meanwhile:
   * a slow answer costs one wait, not one a letter.
   */
  setSearch(search: string): void {
    if (search === this.search) return;
    this.search = search;
    this.#answer.invalidate();
  }

  /** Another order. */
  setSort(sort: Sort): void {
    this.sort = sort;
    void this.again();
  }

  /** Opens or closes a parent. */
  toggleExpanded(id: string): void {
    const isOpen = this.expanded.includes(id);
    this.expanded = isOpen ? this.expanded.filter((open) => open !== id) : [...this.expanded, id];
    void this.again();
  }

  /** The keyboard goes to a row. */
  activate(index: number): void {
    this.#isReturning = false;
    this.activeIndex = Math.max(0, Math.min(index, this.rowCount - 1));
    this.activeId = this.row(this.activeIndex)?.id ?? null;
  }

  /** Another screen is shown. The list goes on as it is, and knows where it was. */
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

  /** The rows that are seen now: their pages are fetched, and one ahead each way. */
  look(span: Span): void {
    this.#seen = span;
    const answer = this.#answer.value;
    if (answer === null) return;
    for (const number of pagesAround(span, answer.page.rowCount)) {
      if (this.#pages.get(number)?.version !== answer.page.version) void this.#fetch(number, answer);
    }
  }

  /** Shows a row as it is known to be now, before the list is asked again. */
  put(row: CompanyRow): void {
    const index = this.indexOf(row.id);
    const number = Math.floor(index / PAGE);
    const page = this.#pages.get(number);
    if (page === undefined) return;
    const rows = page.rows.map((old) => (old.id === row.id ? { ...row, depth: old.depth } : old));
    this.#pages = new Map(this.#pages).set(number, { ...page, rows });
  }

  /** Another workspace: nothing of the former one stays. */
  reset(): void {
    this.#answer.reset();
    this.#pages = new Map();
    this.search = '';
    this.expanded = [];
    this.activeIndex = 0;
    this.activeId = null;
    this.#left = null;
    this.onMoved({ kind: 'reset' });
    void this.again();
  }

  /** Asks, and keeps the answer true from now on. */
  start(sort: Sort): void {
    this.sort = sort;
    void this.#answer.start();
  }

  /** Ends listening. */
  stop(): void {
    this.#answer.stop();
  }

  async #ask(): Promise<Answer> {
    const view = this.view;
    const page = await call('companies', view);
    const pages = new Map<number, Page>([[0, { version: page.version, rows: page.rows }]]);
    // The rows under the eye come with the answer, so that a change never blanks them.
    if (isSameList(view, this.#answer.value?.view)) {
      const wanted = pagesAround(this.#seen, page.rowCount).filter((number) => number !== 0);
      const answers = await Promise.all(
        wanted.slice(0, 2).map((number) => askRows(view, page.version, number)),
      );
      for (const [number, rows] of answers) {
        if (rows.version === page.version) pages.set(number, rows);
      }
    }
    return { view, page, pages };
  }

  #arrive(answer: Answer): void {
    const isSame = isSameList(answer.view, this.#answer.value?.view);
    const before = this.#pages;
    const shift = isSame ? shiftOf(this.#seen, before, answer.pages) : 0;
    this.#pages = isSame ? withOld(answer.pages, before) : answer.pages;
    const index = this.activeIndex;
    this.#follow(answer);
    if (this.#left !== null) this.#moveLeft(isSame, index, shift);
    const { first, end } = this.#seen;
    const follows = this.#isReturning && index >= first && index < end;
    this.#isReturning = false;
    const rows = follows ? this.activeIndex - index : shift;
    this.onMoved(isSame ? { kind: 'shift', rows } : { kind: 'reset' });
  }

  /** While another screen is shown: the eye stays with the row that it was left at, where that was in view. */
  #moveLeft(isSame: boolean, index: number, shift: number): void {
    if (this.#left === null) return;
    if (!isSame) {
      this.#left = null;
      return;
    }
    const { first, end } = this.#seen;
    const by = index >= first && index < end ? this.activeIndex - index : shift;
    this.#left = { ...this.#left, rows: Math.max(0, this.#left.rows + by) };
    this.#seen = { first: Math.max(0, first + by), end: Math.max(0, end + by) };
  }

  /** The keyboard stays with its company where it can be found, else with its place. */
  #follow(answer: Answer): void {
    const found = this.activeId === null ? -1 : (answer.page.located ?? indexIn(answer.pages, this.activeId));
    if (found >= 0) this.activeIndex = found;
    else this.activeIndex = Math.max(0, Math.min(this.activeIndex, answer.page.rowCount - 1));
    if (found < 0) this.activeId = this.row(this.activeIndex)?.id ?? null;
  }

  async #fetch(number: number, answer: Answer): Promise<void> {
    const ticket = `${answer.page.version} ${number} ${JSON.stringify(answer.view)}`;
    if (this.#fetching.has(ticket)) return;
    this.#fetching.add(ticket);
    try {
      const [, rows] = await askRows(answer.view, answer.page.version, number);
      if (this.#answer.value !== answer) return;
      if (rows.version === answer.page.version) this.#keep(number, rows);
      else this.#answer.invalidate();
    } catch {
      // The rows stay blank; looking at them again asks again, and the list's own failure is shown.
    } finally {
      this.#fetching.delete(ticket);
    }
  }

  #keep(number: number, page: Page): void {
    const here = Math.floor(this.#seen.first / PAGE);
    const pages = new Map(this.#pages).set(number, page);
    const far = [...pages.keys()].filter((other) => other !== 0).sort((a, b) => distance(b) - distance(a));
    for (const other of far.slice(0, Math.max(0, pages.size - KEPT_PAGES))) pages.delete(other);
    this.#pages = pages;
    function distance(other: number): number {
      return Math.abs(other - here);
    }
  }
}

async function askRows(view: View, version: number, number: number): Promise<[number, Page]> {
  const rows = await call('rows', { view, version, offset: number * PAGE, limit: PAGE });
  return [number, { version: rows.version, rows: rows.rows }];
}

/** Whether two views are the same list, be it that parents were opened or closed. */
function isSameList(view: View, other: View | undefined): boolean {
  return (
    other !== undefined &&
    view.search === other.search &&
    view.sort.column === other.sort.column &&
    view.sort.descending === other.sort.descending
  );
}

/** New pages, and old ones where no new one came yet: old rows are better than none. */
function withOld(pages: ReadonlyMap<number, Page>, old: ReadonlyMap<number, Page>): Map<number, Page> {
  const both = new Map(pages);
  for (const [number, page] of old) {
    if (!both.has(number)) both.set(number, { ...page, version: -1 });
  }
  return both;
}

/** By how many rows the first row under the eye that is still near has moved. */
function shiftOf(seen: Span, before: ReadonlyMap<number, Page>, after: ReadonlyMap<number, Page>): number {
  for (let index = seen.first; index < seen.end; index += 1) {
    const id = before.get(Math.floor(index / PAGE))?.rows[index % PAGE]?.id;
    const moved = id === undefined ? -1 : indexIn(after, id);
    if (moved >= 0 && Math.abs(moved - index) < PAGE) return moved - index;
  }
  return 0;
}

function indexIn(pages: ReadonlyMap<number, Page>, id: string): number {
  for (const [number, page] of pages) {
    const at = page.rows.findIndex((row) => row.id === id);
    if (at >= 0) return number * PAGE + at;
  }
  return -1;
}
