import { expect, test } from 'vitest';
import { gridKey, type Cursor } from './grid-keys';

const rows: Cursor = { at: 50, total: 1_000, page: 20, hasCells: false, isInHead: false };
const cells: Cursor = { ...rows, hasCells: true };

/** A key as one says it, such as Ctrl+End. */
function press(text: string, cursor: Cursor) {
  const keys = text.split('+');
  const held = { shiftKey: keys.includes('Shift'), ctrlKey: keys.includes('Ctrl'), metaKey: false };
  return gridKey({ key: keys.at(-1) ?? '', ...held }, cursor);
}

test('arrows, pages and ends lead to rows, with Shift as without', () => {
  const places = { ArrowUp: 49, ArrowDown: 51, PageUp: 30, PageDown: 70, Home: 0, End: 999 };
  for (const [key, index] of Object.entries(places)) {
    expect(press(key, rows), key).toEqual({ to: 'row', index });
    expect(press(`Shift+${key}`, rows), key).toEqual({ to: 'row', index });
    expect(press(`Shift+${key}`, cells), key).toEqual({ to: 'row', index });
  }
  expect(press('ArrowLeft', rows)).toBeNull();
  expect(press('x', rows)).toBeNull();
});

test('among cells the ends are those of the row, and of the list with Ctrl', () => {
  expect(press('Home', cells)).toEqual({ to: 'firstColumn' });
  expect(press('End', cells)).toEqual({ to: 'lastColumn' });
  expect(press('Ctrl+Home', cells)).toEqual({ to: 'row', index: 0 });
  expect(press('Ctrl+End', cells)).toEqual({ to: 'row', index: 999 });
  expect(press('Ctrl+ArrowUp', cells)).toEqual({ to: 'row', index: 0 });
  expect(press('Ctrl+ArrowDown', cells)).toEqual({ to: 'row', index: 999 });
  expect(press('ArrowLeft', cells)).toEqual({ to: 'neighbor', by: -1 });
});

test('above the first row is the head, and below the head the row where one was', () => {
  expect(press('ArrowUp', { ...cells, at: 0 })).toEqual({ to: 'head' });
  expect(press('Shift+ArrowUp', { ...cells, at: 0 })).toEqual({ to: 'row', index: -1 });
  const head = { ...cells, isInHead: true };
  expect(press('ArrowDown', head)).toEqual({ to: 'row', index: 50 });
  expect(press('ArrowRight', head)).toEqual({ to: 'neighbor', by: 1 });
  for (const key of ['ArrowUp', 'PageDown', 'Home', 'Shift+ArrowRight', 'Ctrl+ArrowDown'])
    expect(press(key, head), key).toBeNull();
});
