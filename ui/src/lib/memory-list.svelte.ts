// A list that is in memory as a whole, as a grid needs it.
import type { GridList, Moved, Part } from './paged-list.svelte';

/** The keyboard follows its row by the identifier. */
export class MemoryList<T> implements GridList<T> {
  readonly asking = false;
  onMoved: (moved: Moved) => void = () => {};
  readonly head: Part<T> = $derived.by(() => ({ total: this.#rows().length, rows: this.#rows() }));
  #index = $state(0);
  #id = $state<string | null>(null);
  readonly activeIndex: number = $derived.by(() => {
    const found = this.#id === null ? -1 : this.indexOf(this.#id);
    return found >= 0 ? found : Math.max(0, Math.min(this.#index, this.total - 1));
  });
  readonly activeRow: T | null = $derived(this.row(this.activeIndex) ?? null);
  readonly #rows: () => readonly T[];
  readonly #idOf: (row: T) => string;

  constructor(rows: () => readonly T[], idOf: (row: T) => string) {
    this.#rows = rows;
    this.#idOf = idOf;
  }

  get total(): number {
    return this.head.total;
  }

  row(index: number): T | undefined {
    return this.head.rows[index];
  }

  /** The index of a row; −1 if it is not in the list. */
  indexOf(id: string): number {
    return this.head.rows.findIndex((row) => this.#idOf(row) === id);
  }

  activate(index: number): void {
    this.#index = Math.max(0, Math.min(index, this.total - 1));
    const row = this.row(this.#index);
    this.#id = row === undefined ? null : this.#idOf(row);
  }

  /** All rows are here already. */
  look(): void {}
}
