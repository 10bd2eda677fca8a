import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setHost, type Host } from './host';
import { PagedList, type Moved, type Part } from './paged-list.svelte';
import { PAGE } from './windowing';
import type { PortalEvent } from './wire';

type Answer = Part<string> & { version?: number };

/** A list whose answers the test gives. */
class TestList extends PagedList<string, Answer> {
  readonly asked: number[] = [];
  filter = '';
  answer: (page: number) => Answer | null | Promise<Answer | null> = page;

  protected override async ask(page: number): Promise<Answer | null> {
    this.asked.push(page);
    return this.answer(page);
  }

  constructor(pageSize?: number, keptPages?: number) {
    super('companies', pageSize, keptPages);
  }

  protected override get queryKey(): string {
    return this.filter;
  }

  protected override versionOf(part: Answer): unknown {
    return part.version;
  }

  protected override idOf(row: string): string {
    return row;
  }
}

let list: TestList;
let hear: (event: PortalEvent) => void;

/** A page of five, with the name of the list in its rows. */
function page(number: number, name = 'a'): Answer {
  return { total: 5 * PAGE, rows: Array.from({ length: PAGE }, (_, at) => `${name}${number * PAGE + at}`) };
}

/** Answers that wait until they are let go. */
function held(name = 'a') {
  const waiting: { page: number; letGo: (answer?: Answer | null) => void; fail: () => void }[] = [];
  list.answer = (number) =>
    new Promise((resolve, reject) =>
      waiting.push({
        page: number,
        letGo: (answer = page(number, name)) => resolve(answer),
        fail: () => reject(new Error('no answer')),
      }),
    );
  return waiting;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

beforeEach(() => {
  const host = { listen: (listener: typeof hear) => ((hear = listener), () => {}) };
  setHost(host as unknown as Host);
  list = new TestList();
  list.answer = (number) => page(number);
});

afterEach(() => list.stop());

test('a page that is being asked for is not asked for again while one scrolls', async () => {
  await list.listen();
  const waiting = held();
  for (let tick = 0; tick < 5; tick += 1) list.look({ first: 3 * PAGE + tick, end: 3 * PAGE + tick + 10 });
  expect(waiting.map((one) => one.page)).toEqual([3, 4, 2]);
  waiting.forEach((one) => one.letGo());
  await vi.waitFor(() => expect(list.row(3 * PAGE)).toBe(`a${3 * PAGE}`));
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  expect(waiting).toHaveLength(3);
});

test('a row that is not here is known as missing, and its page comes when it is looked at', async () => {
  await list.listen();
  await settled();
  expect(list.asked, 'nothing was looked at').toEqual([0]);
  list.look({ first: 0, end: 10 });
  await vi.waitFor(() => expect(list.row(PAGE), 'one page ahead').toBeDefined());
  expect(list.total).toBe(5 * PAGE);
  expect(list.row(4 * PAGE)).toBeUndefined();
  list.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  await vi.waitFor(() => expect(list.row(4 * PAGE)).toBe(`a${4 * PAGE}`));
});

test('a first round that failed is begun again when one scrolls', async () => {
  list.answer = () => Promise.reject(new Error('no answer'));
  await list.listen();
  expect(list.failure).toBeInstanceOf(Error);
  expect(list.row(0)).toBeUndefined();
  list.answer = (number) => page(number);
  list.look({ first: 0, end: 1 });
  await vi.waitFor(() => expect(list.row(0)).toBe('a0'));
  expect(list.failure).toBeNull();
});

test('a page that failed says why, keeps the others, and is asked for again when one scrolls', async () => {
  await list.listen();
  await settled();
  const waiting = held();
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  waiting[0]?.fail();
  await settled();
  expect(list.failure).toBeInstanceOf(Error);
  expect(list.row(0)).toBe('a0');
  list.look({ first: 3 * PAGE + 1, end: 3 * PAGE + 11 });
  expect(waiting.map((one) => one.page)).toEqual([3, 4, 2, 3]);
  waiting[3]?.letGo();
  await settled();
  expect(list.row(3 * PAGE)).toBe(`a${3 * PAGE}`);
  expect(list.failure).toBeNull();
});

test('a late page of an older query is dropped', async () => {
  await list.listen();
  await settled();
  const waiting = held('old ');
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  list.filter = 'new';
  list.answer = (number) => page(number, 'new ');
  await list.again();
  waiting.forEach((one) => one.letGo());
  await settled();
  expect(list.row(0)).toBe('new 0');
  expect(list.row(3 * PAGE)).toBeUndefined();
});

test('a late round of an older query is dropped, and no row of it stays with those of the newer', async () => {
  await list.listen();
  list.look({ first: 0, end: 10 });
  await settled();
  expect(list.row(PAGE)).toBe(`a${PAGE}`);
  const waiting = held();
  list.filter = 'one';
  const first = list.again();
  list.filter = 'two';
  const second = list.again();
  waiting[1]?.letGo(page(0, 'two '));
  await second;
  waiting[0]?.letGo(page(0, 'one '));
  await first;
  expect(list.row(0)).toBe('two 0');
  expect(list.row(PAGE), 'of the query before').toBeUndefined();
});

test('another query begins at its top, the keyboard too, and the pages of the former are not read for it', async () => {
  await list.listen();
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  await vi.waitFor(() => expect(list.row(3 * PAGE)).toBeDefined());
  list.activate(3 * PAGE + 4);
  const moves: Moved[] = [];
  list.onMoved = (moved) => moves.push(moved);
  list.filter = 'new';
  const waiting = held('new ');
  const round = list.again();
  list.look({ first: 2 * PAGE, end: 2 * PAGE + 10 });
  expect(waiting.map((one) => one.page)).toEqual([0]);
  waiting[0]?.letGo();
  await round;
  expect(moves).toEqual([{ kind: 'reset' }]);
  expect(list.activeIndex).toBe(0);
});

test('rows out of view when something changed stay, and are read again when they are seen', async () => {
  await list.listen();
  list.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  await vi.waitFor(() => expect(list.row(4 * PAGE)).toBe(`a${4 * PAGE}`));
  list.look({ first: 0, end: 10 });
  list.answer = (number) => page(number, 'b');
  await list.again();
  expect(list.row(0)).toBe('b0');
  list.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  expect(list.row(4 * PAGE), 'shown until the newer are here').toBe(`a${4 * PAGE}`);
  await vi.waitFor(() => expect(list.row(4 * PAGE)).toBe(`b${4 * PAGE}`));
});

test('the pages in view arrive together', async () => {
  await list.listen();
  list.look({ first: PAGE - 5, end: PAGE + 5 });
  await vi.waitFor(() => expect(list.row(PAGE)).toBeDefined());
  await settled();
  const waiting = held('b');
  const round = list.again();
  waiting[0]?.letGo();
  await settled();
  expect([list.row(PAGE - 1), list.row(PAGE)]).toEqual([`a${PAGE - 1}`, `a${PAGE}`]);
  waiting[1]?.letGo();
  await round;
  expect([list.row(PAGE - 1), list.row(PAGE)]).toEqual([`b${PAGE - 1}`, `b${PAGE}`]);
});

test('events while a round is under way begin one more after it', async () => {
  await list.listen();
  await settled();
  const waiting = held('b');
  for (let event = 0; event < 3; event += 1) hear({ type: 'changed', version: event });
  expect(waiting.map((one) => one.page)).toEqual([0]);
  waiting[0]?.letGo();
  await settled();
  expect(list.row(0), 'no event keeps an answer from being shown').toBe('b0');
  expect(waiting.map((one) => one.page)).toEqual([0, 0]);
});

test('where a page can no longer be had for the rows on screen, a new round is begun', async () => {
  await list.listen();
  await settled();
  list.answer = (number) => (list.asked.filter((one) => one === 3).length === 1 ? null : page(number, 'b'));
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  await settled();
  expect(list.row(3 * PAGE)).toBe(`b${3 * PAGE}`);
});

test('where answers say their version, only another one makes the other pages old', async () => {
  list.answer = (number) => ({ ...page(number), version: 1 });
  await list.listen();
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  await settled();
  const asked = list.asked.length;
  await list.again();
  await settled();
  expect(list.asked.slice(asked), 'what is in view alone').toEqual([3]);
  list.answer = (number) => ({ ...page(number, 'b'), version: 2 });
  await list.again();
  await settled();
  expect(list.row(2 * PAGE)).toBe(`b${2 * PAGE}`);
});

test('the eye and the keyboard stay with their rows when others come above them', async () => {
  await list.listen();
  list.look({ first: PAGE + 10, end: PAGE + 20 });
  await settled();
  list.activate(PAGE + 12);
  const moves: Moved[] = [];
  list.onMoved = (moved) => moves.push(moved);
  list.answer = (number) => {
    const rows = Array.from({ length: PAGE }, (_, at) => `a${number * PAGE + at - 2}`);
    return { total: 5 * PAGE + 2, rows };
  };
  await list.again();
  expect(moves).toEqual([{ kind: 'shift', rows: 2 }]);
  expect([list.activeIndex, list.activeRow]).toEqual([PAGE + 14, `a${PAGE + 12}`]);
});

test('a row that is gone leaves the keyboard at its place, or at the last row', async () => {
  await list.listen();
  list.activate(7);
  list.answer = () => ({ total: 3, rows: ['x', 'y', 'z'] });
  await list.again();
  expect([list.activeIndex, list.activeId]).toEqual([2, 'z']);
});

test('few pages are kept, those near the eye and the first', async () => {
  list = new TestList(PAGE, 3);
  list.answer = (number) => page(number);
  await list.listen();
  for (const at of [1, 2, 3, 4]) {
    list.look({ first: at * PAGE, end: at * PAGE + 10 });
    await settled();
  }
  expect(list.loaded).toHaveLength(3 * PAGE);
  expect([list.row(0), list.row(4 * PAGE)]).toEqual(['a0', `a${4 * PAGE}`]);
  expect(list.row(PAGE)).toBeUndefined();
});

test('what is forgotten does not come back with a late answer', async () => {
  await list.listen();
  await settled();
  const waiting = held();
  list.look({ first: 3 * PAGE, end: 3 * PAGE + 10 });
  list.forget();
  waiting.forEach((one) => one.letGo());
  await settled();
  expect([list.head, list.row(0), list.row(3 * PAGE), list.total]).toEqual([null, undefined, undefined, 0]);
});
