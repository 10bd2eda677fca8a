// A history: the rows in view come from the local store, and older pages from the server when scrolled to.
import { call } from '../../lib/calls';
import { Failure } from '../../lib/host';
import { PagedList } from '../../lib/paged-list.svelte';
import type { Span } from '../../lib/windowing';
import type { HistoryFilter, HistoryLoaded, HistoryPage, HistoryRow } from '../../lib/wire';

/** Rows of a page of the server. */
const SERVER_PAGE = 100;
/** Rows of a page of the store: reads are counted by refresh, which needs all from the newest on. */
const PAGE = 1_000;
/** Pages of the store in memory. */
const KEPT_PAGES = 100;
/** The next page is requested this many rows before the end of the loaded ones. */
const AHEAD = 30;

/** What a history can be filtered by. */
type Narrowed = Pick<HistoryFilter, 'dataType' | 'status' | 'from' | 'until'>;

/** No filter. */
export const ALL: Narrowed = { dataType: '', status: null, from: null, until: null };

/** One history of one company. */
export class History extends PagedList<HistoryRow, HistoryPage> {
  readonly company: string;
  readonly writes: boolean;
  narrowed = $state.raw<Narrowed>(ALL);
  /** Whether the server may have older ones. */
  more = $state(true);
  /** Whether an older page is loading. */
  loading = $state(false);
  /** All operations since this time are loaded, as far as the server was asked. */
  completeTo = $state(Number.POSITIVE_INFINITY);
  /** Why the server could not be asked. */
  serverFailure = $state.raw<Failure | null>(null);
  #pages = 0;
  #loads = 0;

  constructor(company: string, writes: boolean) {
    super('history', PAGE, KEPT_PAGES);
    this.company = company;
    this.writes = writes;
  }

  /** What is asked for. */
  get filter(): HistoryFilter {
    return { company: this.company, writes: this.writes, ...this.narrowed };
  }

  /** Whether anything narrows it. */
  get isNarrowed(): boolean {
    return JSON.stringify(this.narrowed) !== JSON.stringify(ALL);
  }

  protected override get queryKey(): string {
    return JSON.stringify(this.narrowed);
  }

  protected override ask(page: number): Promise<HistoryPage> {
    return call('history', { filter: this.filter, offset: page * PAGE, limit: PAGE });
  }

  protected override get scope(): string {
    return this.company;
  }

  protected override idOf(row: HistoryRow): string {
    return row.id;
  }

  /** At the top new rows appear in view; further down the rows in view stay in place. */
  protected override movedBy(shift: number): number {
    return this.seen.first === 0 ? 0 : shift;
  }

  /** Reads and asks, and listens from now on. */
  start(): void {
    void this.listen();
    void this.load();
  }

  /** Ends listening. */
  override stop(): void {
    this.#loads += 1;
    super.stop();
  }

  /** Asks for something else. */
  narrow(change: Partial<Narrowed>): void {
    this.narrowed = { ...this.narrowed, ...change };
    this.#pages = 0;
    this.seen = { first: 0, end: 0 };
    this.more = true;
    this.completeTo = Number.POSITIVE_INFINITY;
    this.loading = false;
    void this.again();
    void this.load();
  }

  /** Asks for the newest again. */
  async refresh(): Promise<void> {
    if (!(await this.#load(1))) return;
    this.#pages = Math.max(1, this.#pages);
    // An older page that was loading was dropped for this one.
    if (this.#isNearEnd()) await this.load();
  }

  /** Reads the rows in view, and requests an older page near the end. */
  override look(span: Span): void {
    super.look(span);
    if (this.#isNearEnd()) void this.load();
  }

  /** Asks for the page that follows. */
  async load(): Promise<void> {
    if (this.loading || !this.more) return;
    const page = this.#pages + 1;
    if (!(await this.#load(page))) return;
    this.#pages = page;
    // What is in view may reach further than this page did.
    if (this.#isNearEnd()) await this.load();
  }

  #isNearEnd(): boolean {
    return this.seen.end + AHEAD > this.#pages * SERVER_PAGE;
  }

  async #load(page: number): Promise<boolean> {
    const load = (this.#loads += 1);
    this.loading = true;
    let loaded: HistoryLoaded | null = null;
    let failure: Failure | null = null;
    try {
      loaded = await call('loadHistory', { filter: this.filter, page });
    } catch (thrown) {
      failure = Failure.from(thrown);
    }
    if (load !== this.#loads) return false;
    this.loading = false;
    this.serverFailure = failure;
    if (loaded !== null && page > this.#pages) {
      this.more = loaded.more;
      this.completeTo = Math.min(this.completeTo, loaded.to ?? Number.NEGATIVE_INFINITY);
    }
    this.nudge();
    return failure === null;
  }
}
