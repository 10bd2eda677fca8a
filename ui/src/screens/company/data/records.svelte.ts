// The records of one type in the window: a few pages of them, asked for as they come into view.
import { call } from '../../../lib/calls';
import { onEvent } from '../../../lib/events';
import { Failure } from '../../../lib/host';
import type { RecordRow, RecordsPage, RecordsRequest } from '../../../lib/wire';

/** Records on a page. */
export const PAGE = 100;
/** What the server has to be asked for waits until scrolling rests, in milliseconds. */
const REST = 150;
/** Pages that stay in memory. */
const MOST_PAGES = 40;

/** Where records are looked for. */
export interface Place {
  company: string;
  dataType: string;
}

/** The records of one type. */
export class RecordList {
  /** The newest page that came: columns, total, age. */
  head = $state.raw<RecordsPage | null>(null);
  /** The rows that are here, page by page, from 1. */
  pages = $state.raw<ReadonlyMap<number, RecordRow[]>>(new Map());
  query = $state('');
  orderBy = $state('');
  connection = $state<string | null>(null);
  account = $state<string | null>(null);
  /** Grows whenever the rows are of another question: the eye goes to the top. */
  question = $state(0);
  /** A query that cannot be read, and why: what was shown before it stays. */
  wrong = $state.raw<{ query: string; problem: string } | null>(null);
  /** Why the newest load did not bring what is kept up to date: true until one does. */
  #unloaded = $state.raw<Failure | null>(null);
  /** Why a page could not be asked for. */
  #unasked = $state.raw<Failure | null>(null);
  #isLoading = $state(false);
  #isAsking = $state(false);
  readonly #place: Place;
  /** Pages of an older copy: they are shown until the newer ones are here. */
  readonly #old = new Set<number>();
  #asked = new Set<number>();
  #wanted: number[] = [1];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deafen: (() => void) | null = null;
  #generation = 0;
  #loads = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Rows there are. */
  get total(): number {
    return this.head?.total ?? 0;
  }

  /** Why something could not be asked for. */
  get failure(): Failure | null {
    return this.#unloaded ?? this.#unasked;
  }

  /** Whether something is being asked for. */
  get asking(): boolean {
    return this.#isLoading || this.#isAsking;
  }

  /** The row at a place, if it is here. */
  row(index: number): RecordRow | undefined {
    return this.pages.get(Math.floor(index / PAGE) + 1)?.[index % PAGE];
  }

  /** What is kept, then what is new; and whatever changes from then on. */
  start(): void {
    this.#deafen = onEvent((event) => {
      if (event.type === 'company' && event.id === this.#place.company) void this.#again();
    });
    void this.#ask(1, true).then(() => this.load(false));
  }

  /** Ends listening. */
  stop(): void {
    this.#generation += 1;
    this.#loads += 1;
    clearTimeout(this.#timer);
    this.#deafen?.();
    this.#deafen = null;
  }

  /**
   * Brings what is kept up to date: small types whole, of large ones the first page. Where one follows another,
   * the newer says how it went.
   */
  async load(always: boolean): Promise<void> {
    const load = (this.#loads += 1);
    this.#isLoading = true;
    let failure: Failure | null = null;
    try {
      await call('copyRecords', { records: this.request(1, false), always });
    } catch (thrown) {
      failure = Failure.from(thrown);
    }
    if (load !== this.#loads) return;
    this.#unloaded = failure?.code === 'cancelled' ? null : failure;
    this.#isLoading = false;
    await this.#again();
  }

  /** Stops the copying to this computer. */
  async stopCopy(): Promise<void> {
    await call('stopCopy', this.request(1, true)).catch(() => {});
  }

  /** Asks for records of another query, order, connection or account. */
  async choose(
    change: Partial<Pick<RecordList, 'query' | 'orderBy' | 'connection' | 'account'>>,
  ): Promise<void> {
    const isElsewhere = change.connection !== undefined || change.account !== undefined;
    Object.assign(this, change);
    if (isElsewhere) this.#unloaded = null;
    this.#generation += 1;
    this.#asked.clear();
    this.#wanted = [1];
    const generation = this.#generation;
    await this.#ask(1, false);
    if (isElsewhere && generation === this.#generation) await this.load(false);
  }

  /** The pages that are in view: those that are not here are asked for. */
  look(pages: number[]): void {
    this.#wanted = pages;
    const missing = pages.filter(
      (page) => (!this.pages.has(page) || this.#old.has(page)) && !this.#asked.has(page),
    );
    if (missing.length === 0) return;
    clearTimeout(this.#timer);
    const isHere = this.head?.copy.at !== null;
    this.#timer = setTimeout(() => missing.forEach((page) => void this.#ask(page, false)), isHere ? 0 : REST);
  }

  /** What is asked for. */
  request(page: number, kept: boolean): RecordsRequest {
    return {
      company: this.#place.company,
      dataType: this.#place.dataType,
      connection: this.connection,
      account: this.account,
      page,
      query: this.query,
      orderBy: this.orderBy,
      kept,
    };
  }

  /** Something of the company was kept: what is in view is read again, from here. */
  async #again(): Promise<void> {
    await this.#ask(this.#wanted[0] ?? 1, true);
  }

  async #ask(page: number, kept: boolean): Promise<void> {
    const generation = this.#generation;
    if (!kept) {
      this.#asked.add(page);
      this.#isAsking = true;
    }
    try {
      const answer = await call('records', this.request(page, kept));
      if (generation !== this.#generation) return;
      this.#take(answer, kept);
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.#unasked = Failure.from(thrown);
    }
    this.#asked.delete(page);
    if (!kept) this.#isAsking = false;
  }

  #take(answer: RecordsPage, kept: boolean): void {
    const before = this.head;
    // What is not kept of a page says nothing about what is shown of it.
    if (kept && answer.page > 1 && answer.asOf === null) return;
    const isNew = this.#answered !== this.#generation;
    const isOther = isNew || before?.copy.at !== answer.copy.at;
    if (isNew && answer.problem !== null && before !== null) return this.#refuse(answer.problem);
    if (isNew) {
      this.wrong = null;
      this.#answeredQuery = this.query;
    }
    this.#answered = this.#generation;
    const pages = new Map(isNew ? [] : this.pages);
    if (isOther) for (const page of this.pages.keys()) this.#old.add(page);
    pages.delete(answer.page);
    pages.set(answer.page, answer.rows);
    this.#old.delete(answer.page);
    for (const page of pages.keys()) {
      if (pages.size <= MOST_PAGES) break;
      pages.delete(page);
    }
    this.pages = pages;
    this.head = answer;
    if (answer.failure) this.#unasked = Failure.from(answer.failure);
    else if (!kept) this.#unasked = null;
    if (isNew) this.question += 1;
    if (isOther) this.look(this.#wanted);
  }

  /** The query cannot be read: the one before it is what is shown. */
  #refuse(problem: string): void {
    this.wrong = { query: this.query, problem };
    this.query = this.#answeredQuery;
    this.#generation += 1;
    this.#answered = this.#generation;
    this.#asked.clear();
  }

  #answered = -1;
  #answeredQuery = '';
}
