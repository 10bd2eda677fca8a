// Where the keyboard is in a grid, the element of the page it stands for, and where keys move it.
import { gridKey } from './grid-keys';

/** The state of the grid that the cursor depends on. */
interface CursorState {
  /** The element that scrolls; `undefined` before it is mounted. */
  element: HTMLElement | undefined;
  activeIndex: number;
  total: number;
  columnCount: number;
  /** Whether the cursor is a cell; otherwise it is a row. */
  hasCells: boolean;
  /** Rows that Page Up and Page Down pass. */
  pageOfRows: number;
  col: number;
  isInHead: boolean;
}

interface CursorGrid {
  read(): CursorState;
  goToRow(index: number): void;
  goToColumn(at: number): void;
  setInHead(isInHead: boolean): void;
  /** How to select from one row to another; `null` where rows cannot be selected. */
  extend(from: number, to: number): (() => void) | null;
}

export class GridCursor {
  /** Index among the elements of the cell that are marked `data-item`. */
  item = $state(0);
  readonly #grid: CursorGrid;

  constructor(grid: CursorGrid) {
    this.#grid = grid;
  }

  /** The row, the cell, or the element within the cell that should have the focus. */
  get element(): HTMLElement | null {
    const row = this.#row;
    const { hasCells, isInHead } = this.#grid.read();
    if (row === null || (!hasCells && !isInHead)) return row;
    const cell = this.#cell;
    const items = itemsOf(cell);
    return items[Math.min(this.item, items.length - 1)] ?? cell;
  }

  /** The heading of a column. */
  heading(at: number): Element | null {
    return this.#grid.read().element?.querySelector(`[data-head] [data-col="${at}"]`) ?? null;
  }

  /** Moves to the cell of an element; returns whether the element can have the cursor. */
  moveTo(target: HTMLElement): boolean {
    const row = target.closest<HTMLElement>('[data-index]');
    const cell = target.closest<HTMLElement>('[data-col]');
    if (cell !== null)
      this.#goToColumn(Number(cell.dataset['col']), Math.max(0, itemsOf(cell).indexOf(target)));
    else if (this.#grid.read().hasCells) return false;
    this.#grid.setInHead(row === null && target.closest('[data-head]') !== null);
    return true;
  }

  /** What a key does; `null` if it is not a key of a grid. */
  actOf(event: KeyboardEvent): (() => void) | null {
    const {
      activeIndex: at,
      total,
      columnCount,
      hasCells,
      isInHead,
      col,
      pageOfRows: page,
    } = this.#grid.read();
    const move = gridKey(event, { at, total, page, hasCells, isInHead });
    switch (move?.to) {
      case undefined:
        return null;
      case 'row':
        if (event.shiftKey) return this.#grid.extend(at, move.index);
        return () => this.#grid.goToRow(move.index);
      case 'head':
        return () => this.#goToHeading(col);
      case 'neighbor':
        return () => this.#step(move.by);
      case 'firstColumn':
        return () => this.#goToColumn(0);
      case 'lastColumn':
        return () => this.#goToColumn(columnCount - 1, Number.MAX_SAFE_INTEGER);
    }
  }

  get #row(): HTMLElement | null {
    const { element, activeIndex, isInHead } = this.#grid.read();
    return (
      element?.querySelector<HTMLElement>(isInHead ? '[data-head]' : `[data-index="${activeIndex}"]`) ?? null
    );
  }

  get #cell(): HTMLElement | null {
    return this.#row?.querySelector<HTMLElement>(`[data-col="${this.#grid.read().col}"]`) ?? null;
  }

  /** To the last element of a heading, which sorts. */
  #goToHeading(at: number): void {
    const items = itemsOf(this.heading(at)).length;
    if (items === 0) return;
    this.item = items - 1;
    this.#grid.setInHead(true);
  }

  #canFocusHeading(at: number): boolean {
    return this.heading(at)?.querySelector('[data-item]') != null;
  }

  #goToColumn(at: number, item = 0): void {
    this.#grid.goToColumn(at);
    this.item = item;
  }

  /** One element to the left or right: first within the cell, then to the next cell. */
  #step(by: 1 | -1): void {
    const { columnCount, isInHead, col } = this.#grid.read();
    const items = itemsOf(this.#cell).length;
    const here = Math.min(this.item, Math.max(0, items - 1)) + by;
    const next = col + by;
    if (here >= 0 && here < items) this.item = here;
    else if (next >= 0 && next < columnCount && (!isInHead || this.#canFocusHeading(next)))
      this.#goToColumn(next, by === 1 ? 0 : Number.MAX_SAFE_INTEGER);
  }
}

function itemsOf(cell: Element | null): HTMLElement[] {
  return cell === null ? [] : [...cell.querySelectorAll<HTMLElement>('[data-item]')];
}
