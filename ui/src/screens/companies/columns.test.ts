import { expect, test } from 'vitest';
import {
  COLUMNS,
  completeChoices,
  GAP,
  layout,
  columnLeft,
  moveColumn,
  moveTo,
  NARROWEST,
  resizeColumn,
  standardChoices,
  WIDEST,
} from './columns';

const keys = (choices: { key: string }[]) => choices.map((choice) => choice.key);
const shown = (room: number, choices = standardChoices()) =>
  layout(choices, room).map((one) => one.column.key);
const taken = (room: number, choices = standardChoices()) =>
  layout(choices, room).reduce((sum, one, at) => sum + one.width + (at === 0 ? 0 : GAP), 0);

test('a wide window shows every chosen column and fills the room', () => {
  expect(shown(1_600)).toEqual(['name', 'id', 'createdBy', 'created', 'lastRead', 'connections']);
  expect(taken(1_600)).toBeGreaterThan(1_590);
  expect(taken(1_600)).toBeLessThanOrEqual(1_600);
});

test('every chosen column is there, at any width and however many they are', () => {
  for (const room of [200, 660, 828, 1_100, 1_728, 2_348]) {
    const choices = standardChoices();
    for (let many = 1; many <= choices.length; many += 1) {
      const ticked = choices.map((choice, at) => ({ ...choice, shown: at < many }));
      expect(keys(ticked.filter((choice) => choice.shown))).toEqual(shown(room, ticked));
    }
  }
});

test('some give way where then nothing has to be scrolled sideways', () => {
  expect(taken(800)).toBeLessThanOrEqual(800);
  expect(taken(800)).toBeGreaterThan(780);
});

test('what is scrolled sideways is as wide as it should be', () => {
  const all = standardChoices().map((choice) => ({ ...choice, shown: true }));
  expect(taken(660)).toBe(taken(200));
  expect(layout(all, 1_200).map((one) => one.width)).toEqual(COLUMNS.map((one) => one.least));
});

test('a column begins behind those before it', () => {
  const placed = layout(standardChoices(), 200);
  expect(columnLeft(placed, 0)).toBe(0);
  expect(columnLeft(placed, 2)).toBe(220 + GAP + 76 + GAP);
});

test('a width that was set by hand is kept, whatever the room', () => {
  const choices = resizeColumn(standardChoices(), 'name', 400);
  expect(layout(choices, 1_600)[0]?.width).toBe(400);
  expect(layout(choices, 500)[0]?.width).toBe(400);
  expect(layout(resizeColumn(choices, 'name', null), 1_600)[0]?.width).not.toBe(400);
});

test('widths have bounds', () => {
  expect(resizeColumn(standardChoices(), 'id', 1)[1]?.width).toBe(NARROWEST);
  expect(resizeColumn(standardChoices(), 'id', 9_999)[1]?.width).toBe(WIDEST);
});

test('what was chosen by another version is made whole', () => {
  const choices = completeChoices([
    { key: 'tags', width: null, shown: true },
    { key: 'gone' as 'tags', width: null, shown: true },
    { key: 'tags', width: 90, shown: false },
    { key: 'name', width: null, shown: false },
  ]);
  expect(keys(choices).slice(0, 2)).toEqual(['name', 'tags']);
  expect(keys(choices)).toHaveLength(11);
  expect(choices[0]?.shown, 'the name is always shown').toBe(true);
});

test('columns move among those that are shown, and nothing moves before the name', () => {
  const moved = moveColumn(standardChoices(), 'connections', -1);
  expect(shown(1_600, moved)).toEqual(['name', 'id', 'createdBy', 'created', 'connections', 'lastRead']);
  expect(moveColumn(moved, 'connections', 5)).toEqual(moved);
  expect(shown(1_600, completeChoices(moveTo(standardChoices(), 'created', 'id')))).toEqual([
    'name',
    'created',
    'id',
    'createdBy',
    'lastRead',
    'connections',
  ]);
  expect(keys(completeChoices(moveTo(standardChoices(), 'id', 'name')))[0]).toBe('name');
});
