// What the page Expiry shows and what is chosen on it; it stays while one is elsewhere.
import { call } from '../../lib/calls';
import { clock } from '../../lib/clock.svelte';
import { LiveQuery } from '../../lib/live-query.svelte';
import { PagedList, type Part as Rows } from '../../lib/paged-list.svelte';
import type { ClockKind, ExpiryFilter, ExpiryRow, Skyline } from '../../lib/wire';
import { PAGE } from '../../lib/windowing';
import { NEAR_WEEKS, WEEKS, weekEdges, type Group } from './weeks';

/** The parts of the page. */
export type Part = 'connections' | 'keepAlive' | 'clocks';

class Expiry extends PagedList<ExpiryRow> {
  part = $state<Part>('connections');
  /** Only this kind; nothing: both. */
  kind = $state<ClockKind | null>(null);
  /** The list that is shown. */
  group = $state<Group>('soon');
  /** Only this week, counted from 0; `WEEKS` is everything after the last. */
  week = $state<number | null>(null);
  /** Chosen connections. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** Whether all that are listed are chosen, loaded or not. */
  isAllChosen = $state(false);
  /** The edges of the weeks, from today on. */
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
    const clock = this.kind;
    const edge = (at: number) => this.edges[at] ?? null;
    if (this.week !== null) return { clock, from: edge(this.week), until: edge(this.week + 1) };
    if (this.group === 'soon') return { clock, from: edge(0), until: edge(NEAR_WEEKS) };
    if (this.group === 'later') return { clock, from: edge(NEAR_WEEKS), until: null };
    return { clock, from: null, until: edge(0) };
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

  /** Whether a part of the list is shown. */
  get isFiltered(): boolean {
    return this.kind !== null || this.week !== null;
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

  /** The weeks begin today, also after midnight. */
  turn(now: number): void {
    const edges = weekEdges(now);
    if (edges[0] === this.edges[0]) return;
    const isFirst = this.edges.length === 0;
    this.edges = edges;
    this.week = null;
    if (isFirst) return;
    void this.skyline.refetch();
    void this.again();
  }

  /** Another workspace: nothing of the former stays. */
  reset(): void {
    this.skyline.reset();
    this.forget();
    this.setGroup('soon');
    this.part = 'connections';
    if (this.#isShown) void this.skyline.refetch();
  }

  /** Only one kind, or both. */
  setKind(kind: ClockKind | null): void {
    this.kind = kind;
    this.#refilter();
  }

  /** Shows a list, both kinds. */
  setGroup(group: Group): void {
    this.group = group;
    this.clear();
  }

  /** Only one kind in one week, in the list that has it; the same again: the whole list. */
  setWeek(week: number, kind: ClockKind): void {
    if (this.week === week && this.kind === kind) return this.clear();
    this.group = week < NEAR_WEEKS ? 'soon' : 'later';
    this.week = Math.min(week, WEEKS);
    this.kind = kind;
    this.#refilter();
  }

  /** All weeks of the list again. */
  clearWeek(): void {
    this.week = null;
    this.#refilter();
  }

  /** Both kinds in all weeks of the list again. */
  clear(): void {
    this.kind = null;
    this.week = null;
    this.#refilter();
  }

  /** Shows what a notification was about: what is due for a refresh, and consents that end soon. */
  chooseDue(): void {
    this.part = 'connections';
    this.setGroup('soon');
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
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
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
