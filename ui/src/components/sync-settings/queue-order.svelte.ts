// Moves a data type within the queue of its category, by arrow keys or by dragging.
import { announce } from '../../lib/announce.svelte';
import { moveInQueue, type RowMove } from '../../lib/sync-order';
import { shownOrder } from '../../lib/sync-settings';
import type { SyncRow } from '../../lib/wire';

interface QueueOptions {
  /** All data types. */
  rows: () => readonly SyncRow[];
  /** The order of a data type with its edit. */
  orderOf: (row: SyncRow) => number;
  setOrder: (row: SyncRow, order: number) => void;
}

export class QueueOrder {
  readonly #options: QueueOptions;
  /** The dragged row and the row under the pointer. */
  #dragged = $state.raw<{ row: SyncRow; target: SyncRow | null } | null>(null);

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** The rows of a category in the order in which Codat queues them. */
  inCategory(category: string): SyncRow[] {
    const { rows, orderOf } = this.#options;
    return rows()
      .filter((row) => row.category === category)
      .toSorted((one, other) => orderOf(one) - orderOf(other));
  }

  dragState(row: SyncRow): 'moving' | 'target' | null {
    if (this.#dragged === null) return null;
    if (this.#dragged.row === row) return 'moving';
    return this.#dragged.target === row ? 'target' : null;
  }

  moveOf(row: SyncRow): RowMove {
    return {
      by: (by) => {
        this.#place(row, this.inCategory(row.category).indexOf(row) + by);
        announce(`${row.name}, order ${shownOrder(this.#options.orderOf(row))}`);
      },
      start: () => (this.#dragged = { row, target: null }),
      over: (x, y) => {
        if (this.#dragged?.row !== row) return;
        const under = document.elementFromPoint(x, y)?.closest<HTMLElement>('tr[data-type]');
        const target = this.inCategory(row.category).find((one) => one.dataType === under?.dataset['type']);
        this.#dragged = { row, target: target ?? null };
      },
      drop: () => {
        const target = this.#dragged?.target ?? null;
        this.#dragged = null;
        if (target !== null && target !== row)
          this.#place(row, this.inCategory(row.category).indexOf(target));
      },
      cancel: () => (this.#dragged = null),
    };
  }

  #place(row: SyncRow, position: number): void {
    const { orderOf, setOrder } = this.#options;
    const queue = this.inCategory(row.category);
    const places = queue.map((one) => ({ dataType: one.dataType, order: orderOf(one) }));
    for (const { dataType, order } of moveInQueue(places, row.dataType, position)) {
      const other = queue.find((one) => one.dataType === dataType);
      if (other) setOrder(other, order);
    }
  }
}
