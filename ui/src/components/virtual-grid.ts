// The properties of a `VirtualGrid`.
import type { Snippet } from 'svelte';
import type { HTMLAttributes } from 'svelte/elements';
import type { GridList } from '../lib/paged-list.svelte';
import type { Span } from '../lib/windowing';

/** What the `cells` snippet gets. */
interface DrawnRow<T> {
  row: T;
  index: number;
  /** The focused column and the index of the element in its cell; `null` if another row has the cursor. */
  cursor: { col: number; item: number } | null;
}

export interface VirtualGridProps<T> extends HTMLAttributes<HTMLDivElement> {
  list: GridList<T>;
  label: string;
  /** In pixels. */
  rowHeight: number;
  /** In pixels, with its border. */
  headHeight?: number;
  columnCount: number;
  hasCells?: boolean;
  /** Whether there may be more rows than `list.total`. */
  isOpenEnded?: boolean;
  /** In pixels; a narrower grid scrolls sideways. */
  minWidth?: number;
  /** Width of the pinned columns at both sides, in pixels. */
  pinned?: { left: number; right: number };
  /** Leaves all keys and the focus to an editor in a row. */
  isPaused?: boolean;
  /** When this changes, focusable elements may have been added or removed. */
  refocusOn?: unknown;
  isSelected?: (row: T, index: number) => boolean;
  rowAttributes?: (row: T | undefined, index: number) => HTMLAttributes<HTMLDivElement>;
  /** The cells of the head. `cursor`: the focused column, `null` while the keyboard is not in the head; `item`: the index of the element in its heading. */
  head?: Snippet<[cursor: number | null, item: number]>;
  cells: Snippet<[DrawnRow<T>]>;
  /** Below the last row. */
  below?: Snippet | undefined;
  onenter: (row: T, index: number, col: number) => void;
  /** Handles keys of the screen: an action, `null` to ignore the key, `undefined` to leave it to the grid. */
  onkey?: (event: KeyboardEvent, isInHead: boolean) => (() => void) | null | undefined;
  /** The cursor moved with Shift held. */
  onextend?: (from: number, to: number) => void;
  /** Called before the grid is unmounted, with its scroll position (rows, pixels) and column. */
  onleave?: (place: { rows: number; left: number; col: number }) => void;
  /** Visible width, in pixels. */
  width?: number;
  isFocused?: boolean;
  isInHead?: boolean;
  col?: number;
  /** The rows in view. */
  seen?: Span;
}
