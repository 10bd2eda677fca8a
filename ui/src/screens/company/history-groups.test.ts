import { expect, test } from 'vitest';
import type { HistoryRow } from '../../lib/wire';
import { failuresFirst, groupReads, outcomeText, sizeText, timeTaken } from './history-groups';

const SECOND = 1_000;

function read(id: string, requested: number, change: Partial<HistoryRow> = {}): HistoryRow {
  const plain = { id, dataType: id, requested, took: SECOND, phase: 'done', word: 'Complete' };
  return { ...plain, ...change } as unknown as HistoryRow;
}

const ids = (groups: HistoryRow[][]) => groups.map((reads) => reads.map(({ id }) => id));

test('reads that start within two minutes of the previous one are one refresh', () => {
  const reads = [500, 400, 279, 100].map((at) => read(`at-${at}`, at * SECOND));
  expect(ids(groupReads(reads))).toEqual([['at-500', 'at-400'], ['at-279'], ['at-100']]);
  expect(groupReads([])).toEqual([]);
});

test('older reads only lengthen the last group', () => {
  const reads = [500, 490, 300, 290, 280].map((at) => read(`at-${at}`, at * SECOND));
  const before = ids(groupReads(reads.slice(0, 3)));
  expect(ids(groupReads(reads))[0]).toEqual(before[0]);
  expect(ids(groupReads(reads))[1]).toEqual(['at-300', 'at-290', 'at-280']);
});

test('outcomes are counted in words, and failures come first in an open group', () => {
  const reads = [
    read('a', 0),
    read('b', 0, { phase: 'neutral', word: 'Not supported' }),
    read('c', 0, { phase: 'failed', word: 'Fetch error' }),
    read('d', 0, { phase: 'running', word: 'Fetching' }),
    read('e', 0),
    read('x', 0, { phase: 'neutral', word: 'Cancelled' }),
  ];
  expect(outcomeText(reads)).toBe('2 complete, 1 failed, 1 running, 1 not supported, 1 cancelled');
  expect(failuresFirst(reads).map(({ id }) => id)).toEqual(['c', 'd', 'a', 'b', 'e', 'x']);
  expect(sizeText(reads)).toBe('6 data types');
  expect(sizeText([...reads, read('f', 0, { dataType: 'a' })])).toBe('6 data types, 7 reads');
});

test('a refresh took from its first request to its last end, once nothing runs', () => {
  const reads = [read('a', 10 * SECOND, { took: 5 * SECOND }), read('b', 8 * SECOND)];
  expect(timeTaken(reads)).toBe(7 * SECOND);
  expect(timeTaken([...reads, read('c', 9 * SECOND, { phase: 'running', took: null })])).toBeNull();
});
