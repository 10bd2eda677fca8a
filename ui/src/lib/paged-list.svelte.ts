// A long list with only the pages around the visible rows in memory, and its active row.
import { Failure } from './host';
import { LiveQuery } from './live-query.svelte';
import { PAGE, pagesAround, type Span } from './windowing';
import type { LiveCommand } from './query-events';

/** A part of a list. */
export interface Part<T> {
  /** Rows of the whole list. */
  total: number;
  rows: readonly T[];
}

/** How the rows moved when an answer arrived. `reset`: they answer another query and are shown from their top. */
export type Moved = { kind: 'reset' } | { kind: 'shift'; rows: number };

/** What a grid needs of a list. */
export type GridList<T> = Pick<
  PagedList<T>,
  'head' | 'total' | 'asking' | 'row' | 'look' | 'activeIndex' | 'activeRow' | 'activate' | 'onMoved'
>;

interface Page<T> {
  version: unknown;
  rows: readonly T[];
}

/** The pages in view, read together, so that no row is shown twice or not at all. */
interface Round<P> {
  query: string;
  pages: readonly number[];
  parts: ReadonlyMap<number, P>;
}

/**
 * A list read page by page; pages are numbered from 0. A round reads what is in view, again after every event that
 * concerns the list; other pages are read when they come into view. Rows of an older version stay on screen until
 * those of the newer one are here. The answer to an older query or version is dropped.
 */
export abstract class PagedList<T, P extends Part<T> = Part<T>> {
  /** The newest answer, for its fields besides the rows; `null` before the first. */
  head = $state.raw<P | null>(null);
  /** The index of the row with the keyboard cursor. */
  activeIndex = $state(0);
  /** Its identifier, where rows have one. */
  activeId = $state<string | null>(null);
  /** Called when a round arrives, before its rows are drawn. */
  onMoved: (moved: Moved) => void = () => {};

  /** The rows in view. */
  protected seen: Span = { first: 0, end: 0 };

  #pages = $state.raw<ReadonlyMap<number, Page<T>>>(new Map());
  /** Why the newest page that failed could not be read. */
  #pageFailure = $state.raw<Failure | null>(null);
  /** The query that the rows answer. */
  #query: string | null = null;
  #version: unknown = null;
  /** Counts the queries and versions; an answer to an earlier request is dropped. */
  #epoch = 0;
  /** Pages being read in this epoch. */
  readonly #reading = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #pageSize: number;
  readonly #keptPages: number;
  readonly #round: LiveQuery<Round<P>>;

  /** `query`: the command that reads a page. `keptPages`: how many stay in memory. */
  constructor(query: LiveCommand, pageSize = PAGE, keptPages = 12) {
    this.#pageSize = pageSize;
    this.#keptPages = keptPages;
    this.#round = new LiveQuery<Round<P>>({
      fetch: () => this.#readRound(),
      query,
      scope: () => this.scope,
      onData: (round) => this.#arrive(round),
    });
  }

  /** Reads one page for the rows on screen; `null` if it can no longer be had: then a new round begins. */
  protected abstract ask(page: number): Promise<P | null>;

  /** The company or run whose list it is, if it is the list of one. */
  protected get scope(): string | number | undefined {
    return undefined;
  }

  /** What the list is narrowed and sorted by, as a text to compare. */
  protected get queryKey(): string {
    return '';
  }

  /** Reads the pages of a round. */
  protected async askTogether(
    pages: readonly number[],
    _isSameQuery: boolean,
  ): Promise<ReadonlyMap<number, P>> {
    const parts = new Map<number, P>();
    const answers = await Promise.all(pages.map((page) => this.ask(page)));
    answers.forEach((part, at) => part !== null && parts.set(pages[at] ?? 0, part));
    return parts;
  }

  /** Whether the answers of a round are shown. */
  protected accepts(parts: ReadonlyMap<number, P>, _isSameQuery: boolean): boolean {
    return parts.size > 0;
  }

  /** What the rows are a version of, where answers say so; else each round is a new version. */
  protected versionOf(_part: P): unknown {
    return undefined;
  }

  /** The identifier of a row, used to follow it when it moves. */
  protected idOf(_row: T): string | null {
    return null;
  }

  /** The number of rows to scroll so that the rows in view stay in place after an answer. */
  protected movedBy(shift: number, _isSameQuery: boolean, _activeBefore: number): number {
    return shift;
  }

  /** Moves the keyboard with its row; to the top for another query. */
  protected follow(parts: ReadonlyMap<number, P>, isSameQuery: boolean): void {
    const found = isSameQuery && this.activeId !== null ? this.indexIn(parts, this.activeId) : -1;
    this.stay(found, isSameQuery ? this.activeIndex : 0);
  }

  /** Moves the keyboard to its row where that was found, else to a place. */
  protected stay(found: number, place: number): void {
    const id = this.activeId;
    this.#moveTo(found >= 0 ? found : place);
    if (found >= 0) this.activeId = id;
  }

  /** How long scrolling rests before a page is read, in milliseconds. */
  protected get rest(): number {
    return 0;
  }

  /** Rows there are; 0 before the first answer. */
  get total(): number {
    return this.head?.total ?? 0;
  }

  /** Why something could not be read. It is read again when it comes into view, or by `again`. */
  get failure(): Failure | null {
    return this.#round.failure ?? this.#pageFailure;
  }

  /** Whether a round is under way. */
  get asking(): boolean {
    return this.#round.isFetching;
  }

  /** The row at an index, if it is in memory. */
  row(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / this.#pageSize))?.rows[index % this.#pageSize];
  }

  /** All rows in memory. */
  get loaded(): T[] {
    return [...this.#pages.values()].flatMap(({ rows }) => rows);
  }

  /** The active row, if it is in memory. */
  get activeRow(): T | null {
    return this.row(this.activeIndex) ?? null;
  }

  /** The index of a row in memory; −1 otherwise. */
  indexOf(id: string): number {
    return this.indexIn(this.#pages, id);
  }

  /** Moves the keyboard to a row. */
  activate(index: number): void {
    this.#moveTo(index);
  }

  #moveTo(index: number): void {
    this.activeIndex = Math.max(0, Math.min(index, this.total - 1));
    const row = this.row(this.activeIndex);
    this.activeId = row === undefined ? null : this.idOf(row);
  }

  /** Reads the list, and again after every event that concerns it. Done when the first round has ended. */
  listen(): Promise<void> {
    return this.#round.start();
  }

  /** Ends listening; what is under way is dropped. */
  stop(): void {
    this.#round.stop();
    this.#beginEpoch();
  }

  /** Begins a round now, instead of one that is under way. */
  again(): Promise<void> {
    return this.#round.refetch();
  }

  /** Begins a round now, or after the one that is under way. */
  nudge(): void {
    this.#round.invalidate();
  }

  /** Forgets everything. */
  forget(): void {
    this.#round.reset();
    this.#beginEpoch();
    this.#query = null;
    this.#pages = new Map();
    this.#pageFailure = null;
    this.head = null;
    this.seen = { first: 0, end: 0 };
    this.#moveTo(0);
  }

  /** These rows are in view: pages that are missing are read, and one ahead each way. */
  look(span: Span): void {
    this.seen = span;
    if (this.#query === this.queryKey) this.#readMissing();
    else if (this.failure !== null && !this.asking) this.nudge();
  }

  /** Shows a row as it is known to be now, before it is read again. */
  protected replace(index: number, row: T): void {
    const number = Math.floor(index / this.#pageSize);
    const page = this.#pages.get(number);
    if (page === undefined) return;
    const rows = page.rows.map((old, at) => (at === index % this.#pageSize ? row : old));
    this.#pages = new Map(this.#pages).set(number, { ...page, rows });
  }

  async #readRound(): Promise<Round<P>> {
    const query = this.queryKey;
    const isSame = query === this.#query;
    const { first, end } = isSame ? this.seen : { first: 0, end: 0 };
    const from = Math.floor(Math.min(first, Math.max(0, this.total - 1)) / this.#pageSize);
    const to = (Math.min(end, this.total) - 1) / this.#pageSize;
    const pages = [from];
    for (let page = from + 1; page <= to; page += 1) pages.push(page);
    return { query, pages, parts: await this.askTogether(pages, isSame) };
  }

  #arrive({ query, pages: asked, parts }: Round<P>): void {
    const isSame = query === this.#query;
    if (!this.accepts(parts, isSame)) return;
    const before = this.#pages;
    const newest = [...parts.values()].at(-1);
    if (newest === undefined) return;
    this.#query = query;
    this.#isOfVersion(this.versionOf(newest) ?? Symbol(), isSame);
    const shift = isSame ? this.#shiftTo(parts) : 0;
    const pages = new Map(isSame ? before : []);
    for (const [page, { rows }] of parts) pages.set(page, { version: this.#version, rows });
    this.#pages = pages;
    this.#pageFailure = null;
    this.head = newest;
    const { activeIndex } = this;
    this.follow(parts, isSame);
    const rows = this.movedBy(shift, isSame, activeIndex);
    if (!isSame) this.seen = { first: 0, end: this.seen.end - this.seen.first };
    this.onMoved(isSame ? { kind: 'shift', rows } : { kind: 'reset' });
    // A failed page is not requested again immediately: the list may change faster than it can be read.
    if (this.seen.end > 0 && asked.every((page) => parts.has(page))) this.#readMissing();
  }

  #readMissing(): void {
    if (this.#query !== this.queryKey) return;
    const pages = pagesAround(this.seen, this.total, this.#pageSize);
    const missing = pages.filter(
      (page) => this.#pages.get(page)?.version !== this.#version && !this.#reading.has(page),
    );
    if (missing.length === 0) return;
    clearTimeout(this.#timer);
    if (this.rest === 0) missing.forEach((page) => void this.#read(page));
    else this.#timer = setTimeout(() => missing.forEach((page) => void this.#read(page)), this.rest);
  }

  async #read(page: number): Promise<void> {
    if (this.#reading.has(page)) return;
    this.#reading.add(page);
    const epoch = this.#epoch;
    try {
      const part = await this.ask(page);
      if (epoch !== this.#epoch) return;
      this.#reading.delete(page);
      if (part === null) this.nudge();
      else this.#take(page, part);
    } catch (thrown) {
      if (epoch !== this.#epoch) return;
      this.#reading.delete(page);
      this.#pageFailure = Failure.from(thrown);
    }
  }

  #take(page: number, part: P): void {
    const isNewer = this.#isOfVersion(this.versionOf(part) ?? this.#version, true);
    const pages = new Map(this.#pages).set(page, { version: this.#version, rows: part.rows });
    this.#pages = this.#withoutFar(pages);
    this.#pageFailure = null;
    this.head = part;
    if (isNewer) this.#readMissing();
  }

  /** Notes the version of an answer; whether it is another one than before. */
  #isOfVersion(version: unknown, isSameQuery: boolean): boolean {
    if (isSameQuery && version === this.#version) return false;
    this.#version = version;
    this.#beginEpoch();
    return true;
  }

  #beginEpoch(): void {
    this.#epoch += 1;
    this.#reading.clear();
    clearTimeout(this.#timer);
  }

  /** The first page stays, since one key leads to it. */
  #withoutFar(pages: Map<number, Page<T>>): Map<number, Page<T>> {
    const here = Math.floor(this.seen.first / this.#pageSize);
    const far = [...pages.keys()]
      .filter((page) => page !== 0)
      .sort((a, b) => Math.abs(b - here) - Math.abs(a - here));
    for (const page of far.slice(0, Math.max(0, pages.size - this.#keptPages))) pages.delete(page);
    return pages;
  }

  /** By how many rows the first row in view that is still near has moved. */
  #shiftTo(parts: ReadonlyMap<number, P>): number {
    for (let index = this.seen.first; index < this.seen.end; index += 1) {
      const row = this.row(index);
      const id = row === undefined ? null : this.idOf(row);
      const moved = id === null ? -1 : this.indexIn(parts, id);
      if (moved >= 0 && Math.abs(moved - index) < this.#pageSize) return moved - index;
    }
    return 0;
  }

  /** Where a row is in some pages; −1 if it is in none. */
  protected indexIn(pages: ReadonlyMap<number, { rows: readonly T[] }>, id: string): number {
    for (const [page, { rows }] of pages) {
      const at = rows.findIndex((row) => this.idOf(row) === id);
      if (at >= 0) return page * this.#pageSize + at;
    }
    return -1;
  }
}
