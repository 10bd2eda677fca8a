// Where the keys of a grid lead. Pure.

/** Where the keyboard goes; the row may be beyond the ends of the list. */
export type Move =
  | { to: 'row'; index: number }
  | { to: 'head' }
  | { to: 'neighbor'; by: 1 | -1 }
  | { to: 'firstColumn' }
  | { to: 'lastColumn' };

/** Where the keyboard is. */
export interface Cursor {
  /** The row. */
  at: number;
  /** Rows there are. */
  total: number;
  /** Rows that Page Up and Page Down pass. */
  page: number;
  /** Whether it is in a cell, and not in a row as a whole. */
  hasCells: boolean;
  /** Whether it is in the head. */
  isInHead: boolean;
}

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey'>;

/** Where a key leads, with Shift too; `null` if it is no key of a grid. */
export function gridKey({ key, shiftKey, ctrlKey, metaKey }: Key, cursor: Cursor): Move | null {
  const { at, total, page, hasCells, isInHead } = cursor;
  const isFar = ctrlKey || metaKey;
  if (isInHead) {
    if (shiftKey || isFar) return null;
    return key === 'ArrowDown' ? { to: 'row', index: at } : sideways(key);
  }
  switch (key) {
    case 'ArrowUp':
      if (at === 0 && !shiftKey) return { to: 'head' };
      return { to: 'row', index: isFar ? 0 : at - 1 };
    case 'ArrowDown':
      return { to: 'row', index: isFar ? total - 1 : at + 1 };
    case 'PageUp':
      return { to: 'row', index: at - page };
    case 'PageDown':
      return { to: 'row', index: at + page };
    case 'Home':
      return hasCells && !isFar && !shiftKey ? { to: 'firstColumn' } : { to: 'row', index: 0 };
    case 'End':
      return hasCells && !isFar && !shiftKey ? { to: 'lastColumn' } : { to: 'row', index: total - 1 };
    default:
      return hasCells && !shiftKey ? sideways(key) : null;
  }
}

function sideways(key: string): Move | null {
  if (key === 'ArrowLeft') return { to: 'neighbor', by: -1 };
  return key === 'ArrowRight' ? { to: 'neighbor', by: 1 } : null;
}
