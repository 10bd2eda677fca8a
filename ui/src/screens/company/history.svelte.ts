// A history as it is scrolled: the part in view from what is kept, and older pages from the server as one comes to
// them.
import { call } from '../../lib/calls';
import { Failure } from '../../lib/host';
import { LiveQuery } from '../../lib/live-query.svelte';
import type { HistoryFilter, HistoryPage, HistoryRow } from '../../lib/wire';

/** Rows that are read around what is in view. */
const PART = 120;
/** Rows of a page of the server. */
const PAGE = 100;
/** How close to the end of what was asked for the next page is asked for. */
const AHEAD = 30;

/** A part of a history, and where it begins. */
interface Part {
  offset: number;
  page: HistoryPage;
}

/** What a history can be filtered by. */
type Narrowed = Pick<HistoryFilter, 'dataType' | 'status' | 'from' | 'until'>;

/** No filter. */
export const ALL: Narrowed = { dataType: '', status: '', from: null, until: null };

/** One history of one company. */
export class History {
  readonly company: string;
  readonly writes: boolean;
  narrowed = $state.raw<Narrowed>(ALL);
  /** Whether the server may have older ones. */
  more = $state(true);
  /** Whether older ones are being asked for. */
  loading = $state(false);
  /** Why the server could not be asked. */
  failure = $state.raw<Failure | null>(null);
  readonly #live: LiveQuery<Part>;
  readonly #arriving: (page: HistoryPage, offset: number) => void;
  /** Where the part begins that was asked for last. */
  #asked = 0;
  #pages = 0;
  #loads = 0;
  /** Behind the last row in view. */
  #end = 0;

  /** `arriving` is told of a part before it is shown, with the place of its first row. */
  constructor(company: string, writes: boolean, arriving: (page: HistoryPage, offset: number) => void) {
    this.company = company;
    this.writes = writes;
    this.#arriving = arriving;
    this.#live = new LiveQuery<Part>({
      fetch: () => this.#read(this.#asked),
      isAffectedBy: (event) =>
        event.type === 'changed' ||
        event.type === 'session' ||
        (event.type === 'company' && event.id === company),
      onData: ({ page, offset }) => this.#arriving(page, offset),
    });
  }

  /** What is asked for. */
  get filter(): HistoryFilter {
    return { company: this.company, writes: this.writes, ...this.narrowed };
  }

  /** What is kept; nothing until it was read. */
  get page(): HistoryPage | null {
    return this.#live.value?.page ?? null;
  }

  /** Where the part that was read begins. */
  get offset(): number {
    return this.#live.value?.offset ?? 0;
  }

  /** Why what is kept could not be read. */
  get unread(): Failure | null {
    return this.#live.failure;
  }

  /** Whether anything narrows it. */
  get isNarrowed(): boolean {
    return JSON.stringify(this.narrowed) !== JSON.stringify(ALL);
  }

  /** A row by its place, where it was read. */
  row(index: number): HistoryRow | undefined {
    return this.page?.rows[index - this.offset];
  }

  /** A row by its identifier, where it was read. */
  find(id: string): HistoryRow | undefined {
    return this.page?.rows.find((row) => row.id === id);
  }

  /** Reads and asks, and listens from now on. */
  start(): void {
    void this.#live.start();
    void this.load();
  }

  /** Ends listening. */
  stop(): void {
    this.#loads += 1;
    this.#live.stop();
  }

  /** Asks for something else. */
  narrow(change: Partial<Narrowed>): void {
    this.narrowed = { ...this.narrowed, ...change };
    this.#asked = 0;
    this.#pages = 0;
    this.#end = 0;
    this.more = true;
    this.loading = false;
    void this.#live.refetch();
    void this.load();
  }

  /** Asks for the newest again. */
  async refresh(): Promise<void> {
    if (await this.#fetch(1)) this.#pages = Math.max(1, this.#pages);
  }

  /** These rows are in view: reads them where they were not, and asks for older ones near the end. */
  show(first: number, end: number): void {
    const isRead = first >= this.offset && end <= this.offset + PART;
    const wanted = Math.max(0, first - PAGE / 4);
    if (!isRead && Math.abs(wanted - this.#asked) > 10) {
      this.#asked = wanted;
      this.#live.invalidate();
    }
    this.#end = end;
    if (end + AHEAD > this.#pages * PAGE) void this.load();
  }

  /** Asks for the page that follows. */
  async load(): Promise<void> {
    if (this.loading || !this.more) return;
    const page = this.#pages + 1;
    if (!(await this.#fetch(page))) return;
    this.#pages = page;
    // What is in view may reach further than this page did.
    if (this.#end + AHEAD > page * PAGE) await this.load();
  }

  async #read(offset: number): Promise<Part> {
    return { offset, page: await call('history', { filter: this.filter, offset, limit: PART }) };
  }

  async #fetch(page: number): Promise<boolean> {
    const load = (this.#loads += 1);
    this.loading = true;
    let more: boolean | null = null;
    let failure: Failure | null = null;
    try {
      more = (await call('loadHistory', { filter: this.filter, page })).more;
    } catch (thrown) {
      failure = Failure.from(thrown);
    }
    if (load !== this.#loads) return false;
    this.loading = false;
    this.failure = failure;
    if (more !== null && page > this.#pages) this.more = more;
    this.#live.invalidate();
    return failure === null;
  }
}
