import { expect, test } from 'vitest';
import { areTagsEqual, tagPairs, mergeTags, type TagRow } from './tag-merge';

let last = 100;
const nextId = () => (last += 1);
const rows = (...pairs: [string, string][]): TagRow[] =>
  pairs.map(([key, value], id) => ({ id, key, value }));

test('tags that only others changed follow, those edited here stay', () => {
  const was: [string, string][] = [
    ['region', 'uk'],
    ['tier', 'gold'],
    ['old', 'x'],
  ];
  const mine = rows(['region', 'eu'], ['tier', 'gold'], ['old', 'x'], ['mine', '1']);
  const theirs: [string, string][] = [
    ['region', 'uk'],
    ['tier', 'silver'],
    ['theirs', '2'],
  ];
  const next = mergeTags(was, mine, theirs, nextId);
  expect(next.contested).toEqual([]);
  expect(tagPairs(next.rows)).toEqual([
    ['region', 'eu'],
    ['tier', 'silver'],
    ['mine', '1'],
    ['theirs', '2'],
  ]);
});

test('a tag that both changed is named, and what was typed stays', () => {
  const next = mergeTags([['tier', 'gold']], rows(['tier', 'lead']), [['tier', 'silver']], nextId);
  expect(next.contested).toEqual(['tier']);
  expect(tagPairs(next.rows)).toEqual([['tier', 'lead']]);
  expect(mergeTags([['tier', 'gold']], rows(), [['tier', 'silver']], nextId).contested).toEqual(['tier']);
});

test('order does not make tags others, and empty rows are none', () => {
  expect(
    areTagsEqual(
      [
        ['a', '1'],
        ['b', '2'],
      ],
      [
        ['b', '2'],
        ['a', '1'],
      ],
    ),
  ).toBe(true);
  expect(tagPairs(rows(['', ''], [' a ', ' 1 ']))).toEqual([['a', '1']]);
});
