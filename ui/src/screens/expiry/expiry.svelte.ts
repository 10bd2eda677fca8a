// What the page Expiry shows and what is chosen on it; it stays while one is elsewhere.
import { call } from '../../lib/calls';
import { clock } from '../../lib/clock.svelte';
import { LiveQuery } from '../../lib/live-query.svelte';
import { PagedList, type Part as Rows } from '../../lib/paged-list.svelte';
import type { ClockKind, ExpiryFilter, ExpiryRow, Skyline } from '../../lib/wire';
import { PAGE } from '../../lib/windowing';
import { rangeBetween, edgesFrom, NEAR_DAYS, type Range } from './days';

/** The parts of the page. */
export type Part = 'connections' | 'keepAlive' | 'clocks';

/** Idle clocks are due for a read so long before their end; a person who is asked sees those. */
const DUE_DAYS = 10;

class Expiry extends PagedList<ExpiryRow> {
  part = $state<Part>('connections');
  /** Only this kind; nothing: both. */
  kind = $state<ClockKind | null>(null);
  /** Only these days. */
  days = $state.raw<Range | null>(null);
  /** Only what is past its date and still linked; else only what is to come. */
  isPast = $state(false);
  /** Only up to an instant: what a notification was about. */
  until = $state<number | null>(null);
  /** Chosen connections. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** Whether all that are listed are chosen, loaded or not. */
  isAllChosen = $state(false);
  /** The edges of the days, from today on. */
  edges = $state.raw<number[]>([]);

  readonly skyline = new LiveQuery<Skyline>({
    fetch: () => call('skyline', { edges: this.edges }),
    query: 'skyline',
  });

  #isShown = false;

  constructor() {
    super('expiring');
  }

  /** What the list is filtered by. */
  get filter(): ExpiryFilter {
    const [first] = this.edges;
    if (this.isPast) return { clock: this.kind, from: null, until: first ?? null };
    if (this.days !== null) {
      const until = this.edges[this.days.to + 1] ?? null;
      return { clock: this.kind, from: this.edges[this.days.from] ?? null, until };
    }
    // A notification is also about what passed its date in the meantime.
    const from = this.until === null ? (first ?? null) : null;
    return { clock: this.kind, from, until: this.until };
  }

  /** Whether all that would be acted on are consents, which no refresh prolongs. */
  get isAllConsents(): boolean {
    if (this.isAllChosen) return this.kind === 'consent';
    const rows = this.loaded;
    const kinds = [...this.chosen].map(
      (id) => rows.find((row) => row.connection.id === id)?.connection.restsOn?.clock,
    );
    return kinds.length > 0 && kinds.every((kind) => kind === 'consent');
  }

  /** Whether the list is not of all. */
  get isFiltered(): boolean {
    return this.kind !== null || this.days !== null || this.isPast || this.until !== null;
  }

  /** Asks, and again whenever something changed; returns the way to stop. */
  start(): () => void {
    this.turn(clock.minute);
    void this.skyline.start();
    this.#isShown = true;
    this.activate(0);
    void this.listen();
    return () => {
      this.#isShown = false;
      this.skyline.stop();
      this.stop();
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
    void this.again();
  }

  /** Another workspace: nothing of the former stays. */
  reset(): void {
    this.skyline.reset();
    this.forget();
    this.clear();
    this.part = 'connections';
    if (this.#isShown) void this.skyline.refetch();
  }

  /** Only one kind, or both. */
  setKind(kind: ClockKind | null): void {
    this.kind = kind;
    this.#refilter();
  }

  /** Only some days; the same again: all. */
  setDays(one: number, other = one): void {
    const range = rangeBetween(one, other);
    const isSame = this.days?.from === range.from && this.days.to === range.to && !this.isPast;
    this.days = isSame ? null : range;
    this.isPast = false;
    this.until = null;
    this.#refilter();
  }

  /** Only what is past its date and still linked, or what is to come. */
  setPast(isPast: boolean): void {
    this.isPast = isPast;
    this.days = null;
    this.until = null;
    this.#refilter();
  }

  /** All days again. */
  clearDays(): void {
    this.days = null;
    this.isPast = false;
    this.until = null;
    this.#refilter();
  }

  /** Shows all. */
  clear(): void {
    this.kind = null;
    this.days = null;
    this.isPast = false;
    this.until = null;
    this.#refilter();
  }

  /** Shows what a notification was about: idle clocks that are due, and consents that end soon. */
  chooseDue(): void {
    this.part = 'connections';
    this.kind = null;
    this.days = null;
    this.isPast = false;
    this.until = clock.minute + Math.max(DUE_DAYS, NEAR_DAYS) * 86_400_000;
    this.#refilter();
  }

  /** How many connections are chosen. */
  get chosenCount(): number {
    return this.isAllChosen ? this.total : this.chosen.size;
  }

  /** Whether a connection is chosen. */
  isChosen(id: string): boolean {
    return this.isAllChosen || this.chosen.has(id);
  }

  /** Chooses all that are listed. */
  chooseAll(): void {
    this.chosen = new Set();
    this.isAllChosen = this.total > 0;
  }

  /** Chooses a connection, or no longer. All but one can be chosen only if all are loaded; else none are. */
  toggle(id: string): void {
    if (this.isAllChosen) {
      const ids = this.loaded.map((row) => row.connection.id);
      this.isAllChosen = false;
      this.chosen = new Set(ids.length === this.total ? ids.filter((one) => one !== id) : []);
      return;
    }
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
  }

  /** Selects all loaded rows between two. */
  chooseBetween(one: number, other: number): void {
    if (this.isAllChosen) return;
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
    this.isAllChosen = false;
  }

  protected override ask(page: number): Promise<Rows<ExpiryRow>> {
    return call('expiring', { filter: this.filter, offset: page * PAGE, limit: PAGE });
  }

  protected override get queryKey(): string {
    return JSON.stringify(this.filter);
  }

  #refilter(): void {
    this.chooseNone();
    if (this.#isShown) void this.again();
  }
}

/** The page Expiry. */
export const expiry = new Expiry();
