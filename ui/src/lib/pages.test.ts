import { expect, test, vi } from 'vitest';
import { PAGE } from './windowing';
import { Pages } from './pages.svelte';

test('a page that is being asked for is not asked for again while one scrolls', async () => {
  const asked: number[] = [];
  let answer = () => {};
  const pages = new Pages<string>(async (offset, limit) => {
    asked.push(offset);
    if (offset > 0) await new Promise<void>((resolve) => (answer = resolve));
    return { total: 2 * PAGE, rows: Array.from({ length: limit }, () => 'row') };
  });
  await pages.again();
  for (let tick = 0; tick < 5; tick += 1) pages.look({ first: tick, end: tick + 10 });
  expect(asked).toEqual([0, PAGE]);
  answer();
  await vi.waitFor(() => expect(pages.row(PAGE)).toBe('row'));
});

test('a page that could not be asked for is asked for again', async () => {
  let asked = 0;
  const pages = new Pages<string>(() => {
    asked += 1;
    return asked === 1
      ? Promise.reject(new Error('no answer'))
      : Promise.resolve({ total: 1, rows: ['row'] });
  });
  await pages.again();
  expect(pages.failure).toBeInstanceOf(Error);
  pages.look({ first: 0, end: 1 });
  await vi.waitFor(() => expect(pages.row(0)).toBe('row'));
  expect(pages.failure).toBeNull();
});

test('pages that were out of view when something changed are fetched anew when they are seen', async () => {
  let round = 1;
  const pages = new Pages<string>((offset, limit) =>
    Promise.resolve({
      total: 5 * PAGE,
      rows: Array.from({ length: limit }, (_, at) => `${offset + at} of round ${round}`),
    }),
  );
  await pages.again();
  pages.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  await vi.waitFor(() => expect(pages.row(4 * PAGE)).toBe(`${4 * PAGE} of round 1`));
  pages.look({ first: 0, end: 10 });
  round = 2;
  await pages.again();
  expect(pages.row(0)).toBe('0 of round 2');
  pages.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  expect(pages.row(4 * PAGE), 'shown until the newer are here').toBe(`${4 * PAGE} of round 1`);
  await vi.waitFor(() => expect(pages.row(4 * PAGE)).toBe(`${4 * PAGE} of round 2`));
});
