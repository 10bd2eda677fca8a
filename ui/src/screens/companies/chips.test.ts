import { expect, test } from 'vitest';
import { chipsThatFit, chipWidth, summarizeHidden, hiddenChipsWidth } from './chips';
import { worstStatus } from './subsidiaries';
import { makeConnection } from '../../test/data';

const rest = () => 40;

test('all chips stand side by side where there is room, without room for "+N"', () => {
  expect(chipsThatFit([100, 100, 100], 312, rest)).toBe(3);
});

test('what does not fit leaves room for "+N"', () => {
  expect(chipsThatFit([100, 100, 100], 311, rest)).toBe(2);
  expect(chipsThatFit([100, 100, 100], 250, rest)).toBe(1);
});

test('one chip is always shown, however narrow the column', () => {
  expect(chipsThatFit([500, 100], 60, rest)).toBe(1);
  expect(chipsThatFit([], 60, rest)).toBe(0);
});

test('what stands for the rest says what is the worst of it', () => {
  const chip = makeConnection();
  const of = (...colors: ('red' | 'grey' | 'purple' | 'green')[]) =>
    summarizeHidden(colors.map((color) => ({ ...chip, color })));
  expect(of('green', 'green')).toEqual({ color: 'green', text: '+2' });
  expect(of('red', 'green', 'green')).toEqual({ color: 'red', text: '+3, 1 broken' });
  expect(of('red', 'red')).toEqual({ color: 'red', text: '+2 broken' });
  expect(of('grey', 'green')).toEqual({ color: 'grey', text: '+2, 1 unlinked' });
  expect(of('purple')).toEqual({ color: 'purple', text: '+1 pending' });
  const measure = (text: string) => text.length * 10;
  expect(hiddenChipsWidth([{ ...chip, color: 'red' }], measure)).toBe(16 + 18 + 90);
  expect(hiddenChipsWidth([{ ...chip, color: 'green' }], measure)).toBe(16 + 20);
});

test('chips leave room for what stands for the rest, which is wider where something is broken', () => {
  expect(chipsThatFit([100, 100, 100], 300, (from) => (from < 2 ? 40 : 90))).toBe(1);
});

test('a folded parent says what is worst beneath it', () => {
  const none = { red: 0, grey: 0, purple: 0, green: 0, none: 0 };
  expect(worstStatus(none)).toBeNull();
  expect(worstStatus({ ...none, green: 3, none: 1 })).toBeNull();
  expect(worstStatus({ ...none, red: 1, grey: 2, green: 1 })).toEqual({
    color: 'red',
    text: '1 of 4 broken',
  });
  expect(worstStatus({ ...none, purple: 2 })).toEqual({ color: 'purple', text: '2 of 2 pending' });
});

test('a linked chip needs no room for its word', () => {
  const chip = makeConnection();
  const measure = (text: string) => text.length * 10;
  const linked = chipWidth({ ...chip, color: 'green', word: 'Linked' }, measure);
  const broken = chipWidth({ ...chip, color: 'red', word: 'Deauthorized' }, measure);
  expect(broken - linked).toBe(126);
  expect(linked, 'the name, its shape and the padding').toBe(35 + chip.name.length * 10);
});
