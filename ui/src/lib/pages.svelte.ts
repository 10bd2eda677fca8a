// A long list of which only the pages under the eye are here.
import { PAGE, pagesAround, type Span } from './windowing';

/** Pages kept in memory. */
const KEPT = 7;

/** A part of a list, and how long the whole is. */
export interface Part<T> {
  total: number;
  rows: readonly T[];
}

/** The pages of a list around what is seen. */
export class Pages<T> {
  /** How long the list is; nothing before the first answer. */
  total = $state<number | null>(null);
  /** Why there is no newer answer. */
  failure = $state.raw<unknown>(null);
  #pages = $state.raw<ReadonlyMap<number, readonly T[]>>(new Map());
  /** Pages that are of an older round: shown until they are seen, and then fetched anew. */
  #old = new Set<number>();
  /** Pages that are being asked for in this round. */
  #asked = new Set<number>();
  #seen: Span = { first: 0, end: 1 };
  #round = 0;
  readonly #ask: (offset: number, limit: number) => Promise<Part<T>>;

  constructor(ask: (offset: number, limit: number) => Promise<Part<T>>) {
    this.#ask = ask;
  }

  /** The row at an index, if it is here. */
  row(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** These rows are seen now: pages that are not here are fetched. */
  look(span: Span): void {
    this.#seen = span;
    for (const page of this.#wanted())
      if (!this.#pages.has(page) || this.#old.has(page)) void this.#fetch(page);
  }

  /** Something changed: what is seen is fetched anew, old rows stay until the new ones are here. */
  async again(): Promise<void> {
    this.#round += 1;
    this.#asked.clear();
    this.#old = new Set(this.#pages.keys());
    await Promise.all(this.#wanted().map((page) => this.#fetch(page)));
  }

  #wanted(): number[] {
    return this.total === null ? [0] : pagesAround(this.#seen, this.total);
  }

  async #fetch(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const round = this.#round;
    try {
      const part = await this.#ask(page * PAGE, PAGE);
      if (round !== this.#round) return;
      this.total = part.total;
      this.failure = null;
      this.#keep(page, part.rows);
    } catch (thrown) {
      if (round === this.#round) this.failure = thrown;
    } finally {
      if (round === this.#round) this.#asked.delete(page);
    }
  }

  #keep(page: number, rows: readonly T[]): void {
    const here = Math.floor(this.#seen.first / PAGE);
    const pages = new Map(this.#pages).set(page, rows);
    this.#old.delete(page);
    const far = [...pages.keys()].sort((a, b) => Math.abs(b - here) - Math.abs(a - here));
    for (const other of far.slice(0, Math.max(0, pages.size - KEPT))) pages.delete(other);
    this.#pages = pages;
  }
}
