// What the page Expiry shows and what is chosen on it; it stays while one is elsewhere.
import { call } from '../../lib/calls';
import { clock } from '../../lib/clock.svelte';
import { onEvent } from '../../lib/events';
import { Failure } from '../../lib/host';
import { LiveQuery } from '../../lib/live-query.svelte';
import type { ClockKind, ExpiryFilter, ExpiryRow, Skyline } from '../../lib/wire';
import { pagesAround, PAGE, type Span } from '../../lib/windowing';
import { rangeBetween, edgesFrom, NEAR_DAYS, type Range } from './days';

/** The parts of the page. */
export type Part = 'connections' | 'keepAlive' | 'clocks';

/** Pages of the list that are kept. */
const MOST_PAGES = 12;
/** Idle clocks are due for a read so long before their end; a person who is asked sees those. */
const DUE_DAYS = 10;

class Expiry {
  part = $state<Part>('connections');
  /** Only this kind; nothing: both. */
  kind = $state<ClockKind | null>(null);
  /** Only these days. */
  days = $state.raw<Range | null>(null);
  /** Only what should have ended before today; else, with days, only those days. */
  isOverdue = $state(false);
  /** Only up to an instant: what a notification was about. */
  until = $state<number | null>(null);
  /** Chosen connections; none: what is done is done with all that are listed. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** How many pass the filter. */
  total = $state(0);
  /** The rows that are here, page by page. */
  pages = $state.raw<ReadonlyMap<number, ExpiryRow[]>>(new Map());
  /** Why the list could not be read. */
  failure = $state.raw<Failure | null>(null);
  /** Whether the first answer is still to come. */
  isFresh = $state(true);
  /** The edges of the days, from today on. */
  edges = $state.raw<number[]>([]);

  readonly skyline = new LiveQuery<Skyline>({
    fetch: () => call('skyline', { edges: this.edges }),
    isAffectedBy: ({ type }) => type === 'changed' || type === 'session' || type === 'runEnded',
  });

  #question = 0;
  #span: Span = { first: 0, end: 0 };
  #asked = new Set<number>();
  #deafen: (() => void) | null = null;

  /** What the list is filtered by. */
  get filter(): ExpiryFilter {
    const [first] = this.edges;
    if (this.isOverdue) return { clock: this.kind, from: null, until: first ?? null };
    if (this.days !== null) {
      const until = this.edges[this.days.to + 1] ?? null;
      return { clock: this.kind, from: this.edges[this.days.from] ?? null, until };
    }
    return { clock: this.kind, from: null, until: this.until };
  }

  /** Whether all that would be acted on are consents, which no refresh prolongs. */
  get isAllConsents(): boolean {
    if (this.chosen.size === 0) return this.kind === 'consent';
    const rows = [...this.pages.values()].flat();
    const kinds = [...this.chosen].map(
      (id) => rows.find((row) => row.connection.id === id)?.connection.restsOn?.clock,
    );
    return kinds.every((kind) => kind === 'consent');
  }

  /** Whether the list is not of all. */
  get isFiltered(): boolean {
    return this.kind !== null || this.days !== null || this.isOverdue || this.until !== null;
  }

  /** Asks, and again whenever something changed; returns the way to stop. */
  start(): () => void {
    this.turn(clock.minute);
    void this.skyline.start();
    this.#deafen ??= onEvent(({ type }) => {
      if (type === 'changed' || type === 'session' || type === 'runEnded') this.reload();
    });
    this.reload();
    return () => {
      this.skyline.stop();
      this.#deafen?.();
      this.#deafen = null;
    };
  }

  /** The days begin today, also after midnight. */
  turn(now: number): void {
    const edges = edgesFrom(now);
    if (edges[0] === this.edges[0]) return;
    const isFirst = this.edges.length === 0;
    this.edges = edges;
    this.days = null;
    if (isFirst) return;
    void this.skyline.refetch();
    this.reload();
  }

  /** Another workspace: nothing of the former stays. */
  reset(): void {
    this.#question += 1;
    this.skyline.reset();
    this.clear();
    this.part = 'connections';
    this.pages = new Map();
    this.total = 0;
    this.isFresh = true;
    this.failure = null;
    if (this.#deafen !== null) {
      void this.skyline.refetch();
      this.reload();
    }
  }

  /** Only one kind, or both. */
  setKind(kind: ClockKind | null): void {
    this.kind = kind;
    this.#refilter();
  }

  /** Only some days; the same again: all. */
  setDays(one: number, other = one): void {
    const range = rangeBetween(one, other);
    const isSame = this.days?.from === range.from && this.days.to === range.to && !this.isOverdue;
    this.days = isSame ? null : range;
    this.isOverdue = false;
    this.until = null;
    this.#refilter();
  }

  /** Only what should have ended before today, or all again. */
  setOverdue(isOverdue: boolean): void {
    this.isOverdue = isOverdue;
    this.days = null;
    this.until = null;
    this.#refilter();
  }

  /** All days again. */
  clearDays(): void {
    this.days = null;
    this.isOverdue = false;
    this.until = null;
    this.#refilter();
  }

  /** Shows all. */
  clear(): void {
    this.kind = null;
    this.days = null;
    this.isOverdue = false;
    this.until = null;
    this.#refilter();
  }

  /** Shows what a notification was about: idle clocks that are due, and consents that end soon. */
  chooseDue(): void {
    this.part = 'connections';
    this.kind = null;
    this.days = null;
    this.isOverdue = false;
    this.until = clock.minute + Math.max(DUE_DAYS, NEAR_DAYS) * 86_400_000;
    this.#refilter();
  }

  /** Chooses a connection, or no longer. */
  toggle(id: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
  }

  /** Chooses all rows between two, as far as they are here. */
  chooseBetween(one: number, other: number): void {
    const { from, to } = rangeBetween(one, other);
    const chosen = new Set(this.chosen);
    for (let index = from; index <= to; index += 1) {
      const row = this.row(index);
      if (row) chosen.add(row.connection.id);
    }
    this.chosen = chosen;
  }

  /** Chooses none. */
  chooseNone(): void {
    this.chosen = new Set();
  }

  /** The row at a place, if it is here. */
  row(index: number): ExpiryRow | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** These rows are looked at: they are asked for, with one page ahead each way. */
  look(span: Span): void {
    this.#span = span;
    for (const page of pagesAround(span, this.total)) {
      if (!this.pages.has(page) && !this.#asked.has(page)) void this.#load(page);
    }
  }

  /** Asks anew for what is looked at; the rows stay until the answer is here. */
  reload(): void {
    this.#question += 1;
    this.#asked.clear();
    void this.#load(Math.floor(this.#span.first / PAGE), true);
  }

  #refilter(): void {
    this.chosen = new Set();
    this.#span = { first: 0, end: 0 };
    if (this.#deafen !== null) this.reload();
  }

  async #load(page: number, anew = false): Promise<void> {
    const question = this.#question;
    this.#asked.add(page);
    try {
      const answer = await call('expiring', { filter: this.filter, offset: page * PAGE, limit: PAGE });
      if (question !== this.#question) return;
      this.total = answer.total;
      this.pages = withPage(anew ? new Map() : this.pages, page, answer.rows);
      this.failure = null;
      this.isFresh = false;
    } catch (thrown) {
      if (question !== this.#question) return;
      this.failure = Failure.from(thrown);
    }
    this.#asked.delete(page);
    if (anew) this.look(this.#span);
  }
}

/** The pages with one more; those longest here go first. */
function withPage(
  pages: ReadonlyMap<number, ExpiryRow[]>,
  page: number,
  rows: ExpiryRow[],
): Map<number, ExpiryRow[]> {
  const all = new Map(pages);
  all.delete(page);
  all.set(page, rows);
  for (const oldest of all.keys()) {
    if (all.size <= MOST_PAGES) break;
    all.delete(oldest);
  }
  return all;
}

/** The page Expiry. */
export const expiry = new Expiry();
