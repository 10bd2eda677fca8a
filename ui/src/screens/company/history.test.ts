import { beforeEach, expect, test, vi } from 'vitest';
import type { HistoryLoad, HistoryPage, HistoryRequest, HistoryRow } from '../../lib/wire';
import { stubHost, type StubHost } from '../../test/stub-host';
import { History } from './history.svelte';

let kept: string[];
let atServer: number;
let loads: number[];
let backend: StubHost;

beforeEach(() => {
  kept = [];
  atServer = 250;
  loads = [];
  backend = stubHost({ history: part, loadHistory: load });
});

function load({ page }: HistoryLoad): { more: boolean; to: number | null } {
  loads.push(page);
  const end = Math.min(page * 100, atServer);
  kept = Array.from({ length: Math.max(kept.length, end) }, (_, at) => `read-${at}`);
  return { more: end >= page * 100, to: null };
}

function part({ offset, limit }: HistoryRequest): HistoryPage {
  const rows = kept
    .slice(offset, offset + limit)
    .map((id) => ({ id, phase: 'done' }) as unknown as HistoryRow);
  return { total: kept.length, atServer, running: 0, failed: 0, rows, dataTypes: [], asOf: 0 };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('older pages are asked for as one comes to them, each once, to the end', async () => {
  const history = new History('c', false);
  history.start();
  await settled();
  expect(loads).toEqual([1]);
  history.look({ first: 0, end: 20 });
  await settled();
  expect(loads, 'what is in view is there').toEqual([1]);
  history.look({ first: 80, end: 100 });
  await settled();
  history.look({ first: 180, end: 200 });
  await settled();
  history.look({ first: 230, end: 250 });
  await settled();
  expect(loads).toEqual([1, 2, 3]);
  expect(history.more).toBe(false);
  expect(history.row(249)?.id).toBe('read-249');
  history.stop();
});

test('where all is kept already, the end is found all the same', async () => {
  kept = Array.from({ length: 250 }, (_, at) => `read-${at}`);
  const history = new History('c', false);
  history.start();
  await settled();
  history.look({ first: 230, end: 250 });
  await settled();
  expect(history.more).toBe(false);
  history.stop();
});

test('a part is never taken for another that was asked for meanwhile', async () => {
  atServer = 1_000;
  kept = Array.from({ length: 1_000 }, (_, at) => `read-${at}`);
  const history = new History('c', false);
  history.start();
  await settled();
  history.look({ first: 500, end: 520 });
  history.look({ first: 800, end: 820 });
  await settled();
  expect(history.row(810)?.id).toBe('read-810');
  for (let index = 0; index < 1_000; index += 1)
    expect([undefined, `read-${index}`]).toContain(history.row(index)?.id);
  history.stop();
});

test('what happens to the company is read again, and what happens to others is not', async () => {
  const history = new History('c', false);
  history.start();
  await settled();
  const read = vi.spyOn(kept, 'slice');
  backend.emit({ type: 'company', id: 'other' });
  await settled();
  expect(read).not.toHaveBeenCalled();
  backend.emit({ type: 'company', id: 'c' });
  await settled();
  expect(read).toHaveBeenCalledOnce();
  history.stop();
});
