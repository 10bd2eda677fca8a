// The records of one type: a few pages, requested when they come into view.
import { call } from '../../../lib/calls';
import { Failure } from '../../../lib/host';
import { PagedList } from '../../../lib/paged-list.svelte';
import type { RecordRow, RecordsPage, RecordsRequest } from '../../../lib/wire';

/** Records on a page. */
export const PAGE = 100;
/** Requests to the server wait until scrolling pauses for this time, in milliseconds. */
const REST = 150;
/** Pages that stay in memory. */
const MOST_PAGES = 40;

/** Where records are looked for. */
export interface Place {
  company: string;
  dataType: string;
}

/** The records of one type. */
export class RecordList extends PagedList<RecordRow, RecordsPage> {
  /** What is asked for. */
  query = $state('');
  orderBy = $state('');
  connection = $state<string | null>(null);
  account = $state<string | null>(null);
  /** A query that cannot be read, and why: what was shown before it stays. */
  wrong = $state.raw<{ query: string; problem: string } | null>(null);
  /** Why the newest load failed; cleared when one succeeds. */
  #unloaded = $state.raw<Failure | null>(null);
  /** Why the newest page could not be loaded from the server. */
  #unasked = $state.raw<Failure | null>(null);
  #isLoading = $state(false);
  /** Whether the next round is for another query, and asks the server. */
  #isServerNext = false;
  /** Whether the round under way asks the server. */
  #isAskingServer = $state(false);
  #answeredQuery = '';
  #loads = 0;
  readonly #place: Place;

  constructor(place: Place) {
    super('records', PAGE, MOST_PAGES);
    this.#place = place;
  }

  override get failure(): Failure | null {
    return this.#unloaded ?? this.#unasked ?? super.failure;
  }

  override get asking(): boolean {
    return this.#isLoading || (this.#isAskingServer && super.asking);
  }

  /** Shows the stored records, then loads new ones, and follows changes. */
  start(): void {
    void this.listen().then(() => this.load(false));
  }

  override stop(): void {
    this.#loads += 1;
    super.stop();
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
    this.nudge();
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
    this.#isServerNext = true;
    const { queryKey } = this;
    await this.again();
    if (isElsewhere && queryKey === this.queryKey) await this.load(false);
  }

  /** What is asked for; pages of requests are numbered from 1. */
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

  protected override get scope(): string {
    return this.#place.company;
  }

  protected override get queryKey(): string {
    return JSON.stringify([this.query, this.orderBy, this.connection, this.account]);
  }

  protected override get rest(): number {
    return this.head?.copy.at === null ? REST : 0;
  }

  /** Pages of an older copy are shown until those of the newer one arrive. */
  protected override versionOf({ copy }: RecordsPage): unknown {
    return copy.at ?? 'no copy';
  }

  protected override ask(page: number): Promise<RecordsPage> {
    return this.#ask(page, false);
  }

  /** A round after an event reads only stored records; a page that is not stored leaves the shown one unchanged. */
  protected override async askTogether(pages: readonly number[]): Promise<ReadonlyMap<number, RecordsPage>> {
    const isKept = !this.#isServerNext;
    this.#isServerNext = false;
    this.#isAskingServer = !isKept;
    const answers = await Promise.all(pages.map((page) => this.#ask(page, isKept)));
    const said = answers.filter(({ page, asOf }) => !isKept || page === 1 || asOf !== null);
    return new Map(said.map((answer) => [answer.page - 1, answer]));
  }

  protected override accepts(parts: ReadonlyMap<number, RecordsPage>, isSameQuery: boolean): boolean {
    const [first] = parts.values();
    if (first === undefined || isSameQuery) return first !== undefined;
    if (first.problem !== null && this.head !== null) {
      this.wrong = { query: this.query, problem: first.problem };
      this.query = this.#answeredQuery;
      return false;
    }
    this.wrong = null;
    this.#answeredQuery = this.query;
    return true;
  }

  async #ask(page: number, isKept: boolean): Promise<RecordsPage> {
    const { queryKey } = this;
    const answer = await call('records', this.request(page + 1, isKept));
    if (queryKey === this.queryKey) {
      if (answer.failure) this.#unasked = Failure.from(answer.failure);
      else if (!isKept) this.#unasked = null;
    }
    return answer;
  }
}
