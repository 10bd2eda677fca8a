import { beforeEach, expect, test } from 'vitest';
import type { HistoryRequest, HistoryRow } from '../../lib/wire';
import { stubHost, type StubHost } from '../../test/stub-host';
import { GroupedHistory, type HistoryLine } from './grouped-history.svelte';
import { History } from './history.svelte';

const MINUTE = 60_000;

/** What the server has, newest first, and how many of them are stored. */
let server: HistoryRow[];
let stored: number;
let backend: StubHost;

beforeEach(() => {
  server = [];
  stored = 0;
  backend = stubHost({
    history: ({ offset, limit }: HistoryRequest) => ({
      total: stored,
      atServer: server.length,
      running: 0,
      failed: 0,
      rows: server.slice(0, stored).slice(offset, offset + limit),
      dataTypes: [],
      asOf: 0,
    }),
    loadHistory: ({ page }) => {
      stored = Math.max(stored, Math.min(server.length, page * 100));
      const more = stored < server.length;
      return { more, to: more ? (server[page * 100 - 1]?.requested ?? null) : null };
    },
  });
});

/** So many reads of one refresh, requested a second apart. */
function refresh(name: string, at: number, size: number): HistoryRow[] {
  return Array.from({ length: size }, (_, nth) => {
    const id = `${name}-${nth}`;
    return { id, dataType: id, requested: at - nth * 1_000, phase: 'done' } as unknown as HistoryRow;
  });
}

async function opened(): Promise<GroupedHistory> {
  const grouped = new GroupedHistory(new History('c', false));
  grouped.history.start();
  await settled();
  return grouped;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

function textOf(line: HistoryLine): string {
  if (line.kind === 'row') return line.row.id;
  return `${line.isOpen ? 'open' : 'closed'} ${line.reads.length}${line.mayContinue ? ' or more' : ''}`;
}

test('a refresh is one line that opens and closes, and a read of its own is a line', async () => {
  server = [...refresh('new', 60 * MINUTE, 3), ...refresh('single', 30 * MINUTE, 1)];
  const grouped = await opened();
  expect(grouped.lines.map(textOf)).toEqual(['closed 3', 'single-0']);
  const [group] = grouped.lines;
  if (group?.kind !== 'group') throw new Error('no group');
  grouped.open(group);
  expect(grouped.lines.map(textOf)).toEqual(['open 3', 'new-0', 'new-1', 'new-2', 'single-0']);
  grouped.activate(2);
  const read = grouped.activeRow;
  if (read === null) throw new Error('no read');
  grouped.close(read);
  expect(grouped.lines.map(textOf)).toEqual(['closed 3', 'single-0']);
  expect(grouped.activeIndex, 'the keyboard is at the refresh').toBe(0);
  grouped.history.stop();
});

test('an open refresh stays open, with the keyboard, when reads join it and a new one comes', async () => {
  server = [...refresh('first', 60 * MINUTE, 3), ...refresh('old', 30 * MINUTE, 2)];
  const grouped = await opened();
  grouped.reveal('first-1');
  grouped.activate(grouped.indexOf('first-1'));
  server = [...refresh('newest', 90 * MINUTE, 2), ...refresh('joined', 61 * MINUTE, 1), ...server];
  stored = server.length;
  backend.emit({ type: 'company', id: 'c' });
  await settled();
  expect(grouped.lines.map(textOf)).toEqual([
    'closed 2',
    'open 4',
    'joined-0',
    'first-0',
    'first-1',
    'first-2',
    'closed 2',
  ]);
  expect(grouped.activeRow && textOf(grouped.activeRow)).toBe('first-1');
  grouped.history.stop();
});

test('older reads are loaded until the lines fill the view, though the view stays as it is', async () => {
  server = [...refresh('new', 600 * MINUTE, 160), ...refresh('old', 300 * MINUTE, 90)];
  const grouped = await opened();
  grouped.look({ first: 0, end: 20 });
  await settled();
  await settled();
  expect(grouped.lines.map(textOf)).toEqual(['closed 160', 'closed 90']);
  expect(grouped.history.more).toBe(false);
  grouped.history.stop();
});

test('a refresh that reaches beyond what is loaded says so until the rest is there', async () => {
  server = [
    ...refresh('new', 600 * MINUTE, 90),
    ...refresh('cut', 300 * MINUTE, 50),
    ...refresh('old', 60 * MINUTE, 100),
  ];
  const grouped = await opened();
  expect(grouped.lines.map(textOf)).toEqual(['closed 90', 'closed 10 or more']);
  grouped.look({ first: 0, end: 2 });
  await settled();
  expect(grouped.lines.map(textOf)).toEqual(['closed 90', 'closed 50', 'closed 60 or more']);
  grouped.look({ first: 0, end: 3 });
  await settled();
  expect(grouped.lines.map(textOf)).toEqual(['closed 90', 'closed 50', 'closed 100']);
  grouped.history.stop();
});

test('writes are not grouped', async () => {
  server = refresh('write', 60 * MINUTE, 3);
  const grouped = new GroupedHistory(new History('c', true));
  grouped.history.start();
  await settled();
  expect(grouped.lines.map(textOf)).toEqual(['write-0', 'write-1', 'write-2']);
  grouped.history.stop();
});
