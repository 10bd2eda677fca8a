import { expect, test } from 'vitest';
import {
  completeChoices,
  GAP,
  layout,
  moveColumn,
  moveTo,
  NARROWEST,
  resizeColumn,
  standardChoices,
  WIDEST,
} from './columns';

const keys = (choices: { key: string }[]) => choices.map((choice) => choice.key);
const shown = (room: number, choices = standardChoices()) =>
  layout(choices, room).placed.map((one) => one.column.key);
const taken = (room: number, choices = standardChoices()) =>
  layout(choices, room).placed.reduce((sum, one, at) => sum + one.width + (at === 0 ? 0 : GAP), 0);

test('a wide window shows every chosen column and fills the room', () => {
  expect(shown(1_600)).toEqual(['name', 'id', 'createdBy', 'created', 'lastRead', 'connections']);
  expect(taken(1_600)).toBeGreaterThan(1_590);
  expect(taken(1_600)).toBeLessThanOrEqual(1_600);
});

test('a narrow window drops the least important first, never the name, the last read or the connections', () => {
  const dropped = [1_000, 900, 800, 650, 300].map((room) => shown(room));
  for (const columns of dropped)
    expect(columns).toEqual(expect.arrayContaining(['name', 'lastRead', 'connections']));
  expect(shown(660)).toEqual(['name', 'lastRead', 'connections']);
  expect(layout(standardChoices(), 660).dropped.map((column) => column.key)).toEqual([
    'createdBy',
    'created',
    'id',
  ]);
});

test('what must stay gives way before anything is scrolled sideways', () => {
  expect(taken(520)).toBeLessThanOrEqual(520);
  expect(taken(200)).toBeGreaterThan(200);
});

test('a width that was set by hand is kept, whatever the room', () => {
  const choices = resizeColumn(standardChoices(), 'name', 400);
  expect(layout(choices, 1_600).placed[0]?.width).toBe(400);
  expect(layout(choices, 500).placed[0]?.width).toBe(400);
  expect(layout(resizeColumn(choices, 'name', null), 1_600).placed[0]?.width).not.toBe(400);
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
